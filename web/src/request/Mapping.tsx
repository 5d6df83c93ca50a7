import { ActionIcon, Button, Group, Input, Stack, TextInput } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import classes from "./Advanced.module.css";
import { type MappingRow, newMapping } from "./form";

interface MappingProps {
  rows: MappingRow[];
  onChange: (rows: MappingRow[]) => void;
  error?: string;
}

/** Names of modules that are rewritten, in order. */
export function Mapping({ rows, onChange, error }: MappingProps) {
  const { t } = useTranslation();
  const hint = useId();
  const change = (at: number, part: Partial<MappingRow>) =>
    onChange(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  return (
    <fieldset className={classes.fieldset} aria-describedby={hint}>
      <Input.Label component="legend" labelElement="div">
        {t("form.mapping")}
      </Input.Label>
      <Input.Description id={hint}>{t("form.mappingHint")}</Input.Description>
      {error && <Input.Error mt={4}>{error}</Input.Error>}
      <Stack gap={6} mt={rows.length ? 8 : 0}>
        {rows.map((row, i) => (
          <Group key={row.key} gap={8} wrap="nowrap">
            <TextInput
              flex={1}
              aria-label={t("form.mappingFrom", { n: i + 1 })}
              placeholder="model.language_model"
              value={row.from}
              spellCheck={false}
              onChange={(event) => change(i, { from: event.currentTarget.value })}
            />
            <span aria-hidden>→</span>
            <TextInput
              flex={1}
              aria-label={t("form.mappingTo", { n: i + 1 })}
              placeholder="model"
              value={row.to}
              spellCheck={false}
              onChange={(event) => change(i, { to: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("form.mappingRemove", { n: i + 1 })}
              onClick={() => onChange(rows.filter((_, at) => at !== i))}
            >
              <Icon name="trash" size={16} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      <Button
        variant="subtle"
        size="compact-sm"
        mt={6}
        leftSection={<Icon name="plus" size={15} />}
        onClick={() => onChange([...rows, newMapping()])}
      >
        {t("form.mappingAdd")}
      </Button>
    </fieldset>
  );
}
