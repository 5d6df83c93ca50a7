import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "@/api/types";
import { PathInput } from "@/components/PathInput";
import { wordsOf } from "@/components/ProblemCard";
import { baseName } from "@/lib/paths";
import type { Form } from "./form";
import classes from "./OutputField.module.css";
import { nextName } from "./propose";

interface Props {
  form: Form;
  onChange: (part: Partial<Form>) => void;
  /** Where the result goes if nothing else is said. */
  proposed: string | undefined;
  /** Says that something is there already. */
  taken: Problem | undefined;
  error?: string | null;
}

/** Where the result goes, and what to do when something lies there. */
export function OutputField({ form, onChange, proposed, taken, error }: Props) {
  const { t } = useTranslation();
  const value = form.output ?? proposed ?? "";
  const set = (output: string) => onChange({ output, ifExists: "fail" });
  const isProposal = form.output === null && value !== "";
  return (
    <Stack gap="xs">
      <PathInput
        label={t("form.output")}
        description={isProposal ? t("form.outputProposed") : t("form.outputHint")}
        value={value}
        onChange={set}
        kind="output"
        required
        error={error}
      />
      {form.output !== null && proposed && form.output !== proposed && form.output.trim() === "" && (
        <Button variant="subtle" size="compact-sm" w="fit-content" onClick={() => onChange({ output: null })}>
          {t("form.usePath", { path: proposed })}
        </Button>
      )}
      {form.ifExists !== "fail" && (
        <div className={classes.box} data-tone={form.ifExists}>
          <Group justify="space-between" gap="xs">
            <Text size="sm">{t(`form.chosen.${form.ifExists}`, { name: baseName(value) })}</Text>
            <Button variant="default" size="compact-sm" onClick={() => onChange({ ifExists: "fail" })}>
              {t("form.undo")}
            </Button>
          </Group>
        </div>
      )}
      {taken && <Choices key={value} taken={taken} path={value} onChange={onChange} />}
    </Stack>
  );
}

interface ChoicesProps {
  taken: Problem;
  path: string;
  onChange: (part: Partial<Form>) => void;
}

/** Three ways out, none of which is taken without being asked for. */
function Choices({ taken, path, onChange }: ChoicesProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const name = baseName(path);
  const next = nextName(path);
  // What weldlm did not make, it neither goes on with nor replaces.
  const ours = taken.code !== "O111";
  return (
    <section className={classes.box} aria-label={wordsOf(taken).what}>
      <Stack gap="sm" align="flex-start">
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>
          {wordsOf(taken).what}
        </Text>
        <Text size="sm">{t("form.choose")}</Text>
        <Button size="xs" onClick={() => onChange({ output: next, ifExists: "fail" })}>
          {t("form.newName", { name: baseName(next) })}
        </Button>
        {ours && taken.code !== "O108" && (
          <Button size="xs" variant="default" onClick={() => onChange({ ifExists: "resume" })}>
            {t(taken.code === "O102" ? "form.resume" : "form.keepAndCheck")}
          </Button>
        )}
        {ours && (
          <Group align="flex-end" gap="xs">
            <TextInput
              size="xs"
              label={t("form.replaceConfirm", { name })}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              spellCheck={false}
            />
            <Button
              size="xs"
              color="red.9"
              disabled={typed.trim() !== name}
              onClick={() => onChange({ ifExists: "replace" })}
            >
              {t("form.replace")}
            </Button>
          </Group>
        )}
      </Stack>
    </section>
  );
}
