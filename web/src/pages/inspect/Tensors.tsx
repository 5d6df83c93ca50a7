import { Group, Text, TextInput } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { type Column, VirtualTable } from "../shared/VirtualTable";
import type { TensorRow } from "./types";

export function Tensors({ tensors }: { tensors: TensorRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const rows = useMemo(
    () => tensors.filter((tensor) => `${tensor.name} ${tensor.dtype}`.toLowerCase().includes(wanted)),
    [tensors, wanted],
  );
  const columns = useMemo<Column<TensorRow>[]>(
    () => [
      {
        key: "name",
        title: t("table.tensor"),
        render: (r) => <span title={r.name}>{r.name}</span>,
        sort: (r) => r.name,
      },
      { key: "dtype", title: t("table.dtype"), width: 80, render: (r) => r.dtype, sort: (r) => r.dtype },
      {
        key: "shape",
        title: t("table.shape"),
        width: 130,
        numeric: true,
        render: (r) => r.shape.join(" × ") || "1",
        sort: (r) => r.shape.reduce((a, b) => a * b, 1),
      },
      {
        key: "bytes",
        title: t("table.size"),
        width: 90,
        numeric: true,
        render: (r) => format.bytes(r.bytes),
        sort: (r) => r.bytes,
      },
      {
        key: "file",
        title: t("table.file"),
        width: 200,
        render: (r) => <span title={r.file}>{r.file}</span>,
        sort: (r) => r.file,
      },
    ],
    [t, format],
  );
  return (
    <div>
      <Group mb="sm" gap="sm" align="end">
        <TextInput
          type="search"
          data-search
          flex="1 1 200px"
          size="sm"
          label={t("table.search")}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" pb={6} role="status">
          {t("table.rows", { n: format.number(rows.length), count: tensors.length })}
        </Text>
      </Group>
      <VirtualTable
        label={t("inspect.tab.tensors")}
        columns={columns}
        rows={rows}
        keyOf={(tensor) => `${tensor.file} ${tensor.name}`}
        empty={t("table.nothing")}
        minWidth={760}
      />
    </div>
  );
}
