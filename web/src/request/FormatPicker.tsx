import { Anchor, Checkbox, Input, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import { catalogQuery } from "@/api/hooks";
import type { Format } from "@/api/types";
import { ProblemCard } from "@/components/ProblemCard";
import { language } from "@/i18n";
import classes from "./FormatPicker.module.css";

interface Props {
  chosen: string[];
  onChange: (formats: string[]) => void;
  error?: string;
}

/** `gguf:q4_k_m` is the format gguf. */
export const formatName = (format: string) => format.split(":")[0] ?? format;

/** The formats that this program writes, as it describes them itself. */
export function FormatPicker({ chosen, onChange, error }: Props) {
  const { t } = useTranslation();
  const catalog = useQuery(catalogQuery);
  if (catalog.error) return <ProblemCard problem={problemOf(catalog.error)} />;
  if (!catalog.data) return <Skeleton h={80} />;
  const formats = catalog.data.formats.filter((format) => format.export);
  const toggle = (name: string, on: boolean) => {
    const others = chosen.filter((format) => formatName(format) !== name);
    onChange(on ? [...others, name] : others);
  };
  return (
    <fieldset className={classes.root}>
      <Input.Label component="legend" labelElement="div" required>
        {t("export.format")}
      </Input.Label>
      <Input.Description mb={8}>{t("export.formatHint")}</Input.Description>
      {error && <Input.Error mb={8}>{error}</Input.Error>}
      <Stack gap={8}>
        {formats.map((format) => (
          <Card
            key={format.name}
            format={format}
            checked={chosen.some((name) => formatName(name) === format.name)}
            onChange={(on) => toggle(format.name, on)}
          />
        ))}
      </Stack>
    </fieldset>
  );
}

interface CardProps {
  format: Format;
  checked: boolean;
  onChange: (on: boolean) => void;
}

function Card({ format, checked, onChange }: CardProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.card} data-checked={checked}>
      <Checkbox
        label={format.name}
        description={language() === "zh" ? format.summary_zh : format.summary}
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
        classNames={{ label: classes.name }}
      />
      {format.limits.length > 0 && checked && (
        <Text size="xs" c="dimmed" pl={32} mt={4}>
          {format.limits.join(" ")}
        </Text>
      )}
      {format.link && (
        <Anchor href={format.link} target="_blank" rel="noreferrer" size="xs" className={classes.link}>
          {t("export.specification", { name: format.name })}
        </Anchor>
      )}
    </div>
  );
}
