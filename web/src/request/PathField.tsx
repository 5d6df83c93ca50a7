import { Button, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/client";
import { PathInput } from "@/components/PathInput";
import { wordsOf } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import type { PathKind } from "@/lib/recents";
import { below, summary } from "./summary";
import { useInspection } from "./useProposals";

interface Props {
  label: string;
  description?: ReactNode;
  value: string;
  onChange: (value: string) => void;
  kind: PathKind;
  error?: string | null;
  required?: boolean;
  hideLabel?: boolean;
  placeholder?: string;
  /** Said below the field beside what was found. */
  note?: ReactNode;
}

/** A path, and in one line what lies there. */
export function PathField({ value, error, note, ...rest }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useInspection(value);
  // That the server is away is said once, above the page.
  const refusal = found.error instanceof ApiError && found.error.status > 0 ? found.error.problem : null;
  const unreadable = !error && value && refusal ? wordsOf(refusal).what : null;
  const further = found.data ? below(found.data, rest.kind) : [];
  const words = found.data ? summary(found.data, format, t) : null;
  return (
    <div>
      <PathInput {...rest} value={value} error={error ?? unreadable ?? undefined} />
      {(words || note) && (
        <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: "anywhere" }}>
          {words}
          {words && note ? " · " : null}
          {note}
        </Text>
      )}
      {further.length > 0 && (
        <Group gap={6} mt={6}>
          {further.map(({ name, path }) => (
            <Button key={path} size="compact-xs" variant="default" onClick={() => rest.onChange(path)}>
              {t("form.usePath", { path: name })}
            </Button>
          ))}
        </Group>
      )}
    </div>
  );
}
