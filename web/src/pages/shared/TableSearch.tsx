import { Group, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** Rows that are left, of so many. */
  left: number;
  total: number;
  /** Further ways to narrow the rows. */
  children?: ReactNode;
}

/** Narrows a table of tensors, and says how much is left of it. */
export function TableSearch({ value, onChange, left, total, children }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Group mb="sm" gap="sm" align="end">
      <TextInput
        type="search"
        data-search
        flex="1 1 200px"
        size="sm"
        label={t("table.search")}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {children}
      <Text size="sm" c="dimmed" pb={6} role="status">
        {t("table.rows", { n: format.number(left), count: total })}
      </Text>
    </Group>
  );
}
