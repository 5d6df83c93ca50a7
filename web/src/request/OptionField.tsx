import { NumberInput, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/types";
import { PathInput } from "@/components/PathInput";
import { mappingRows } from "./form";

interface Props {
  field: Field;
  value: unknown;
  /** `undefined` takes it out of the request. */
  onChange: (value: unknown) => void;
  error?: string;
}

const filled = (text: string) => (text === "" ? undefined : text);
const shown = (value: unknown) => (value === undefined || value === null ? "" : String(value));

/** A control for a field that this page knows only by what the catalogue says of it. */
export function OptionField({ field, value, onChange, error }: Props) {
  const { t } = useTranslation();
  const fallback = shown(field.default);
  const common = {
    label: field.name,
    description: fallback && field.kind !== "bool" ? t("export.default", { value: fallback }) : undefined,
    error,
  };
  switch (field.kind) {
    case "bool":
      return (
        <Switch
          {...common}
          checked={value === undefined ? field.default === true : value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "number":
      return (
        <NumberInput
          {...common}
          value={typeof value === "number" ? value : ""}
          placeholder={fallback}
          onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          data={(field.values ?? []).map(String)}
          value={value === undefined ? null : String(value)}
          placeholder={fallback}
          onChange={(next) => onChange(next ?? undefined)}
          clearable
        />
      );
    case "path":
      return (
        <PathInput {...common} kind="any" value={shown(value)} onChange={(next) => onChange(filled(next))} />
      );
    case "paths":
    case "mapping": {
      const rows =
        field.kind === "mapping" ? mappingRows(value).map((row) => `${row.from}=${row.to}`) : [value].flat();
      return (
        <TagsInput
          {...common}
          value={rows.filter((row) => row !== undefined).map(String)}
          onChange={(next) => onChange(next.length ? next : undefined)}
        />
      );
    }
    default:
      return (
        <TextInput
          {...common}
          value={shown(value)}
          placeholder={fallback}
          onChange={(event) => onChange(filled(event.currentTarget.value))}
        />
      );
  }
}
