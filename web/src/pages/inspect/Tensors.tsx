import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { TableSearch } from "../shared/TableSearch";
import { fileColumn, headColumns, shapeColumn } from "../shared/tensorColumns";
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
      ...headColumns(t),
      shapeColumn(t),
      {
        key: "bytes",
        title: t("table.size"),
        width: 90,
        numeric: true,
        render: (r) => format.bytes(r.bytes),
        sort: (r) => r.bytes,
      },
      fileColumn(t),
    ],
    [t, format],
  );
  return (
    <div>
      <TableSearch value={search} onChange={setSearch} left={rows.length} total={tensors.length} />
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
