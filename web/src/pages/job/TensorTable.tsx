import { Select } from "@mantine/core";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { TableSearch } from "../shared/TableSearch";
import { fileColumn, headColumns, shapeColumn } from "../shared/tensorColumns";
import type { ReceiptTensor } from "../shared/types";
import { type Column, VirtualTable } from "../shared/VirtualTable";

const SHOWN = ["all", "changed", "untouched"] as const;
type Shown = (typeof SHOWN)[number];

/** Every tensor of the result and what became of it. */
export function TensorTable({ tensors }: { tensors: ReceiptTensor[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<Shown>("all");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const rows = useMemo(
    () =>
      tensors.filter(
        (tensor) =>
          (shown === "all" || (shown === "changed") === (tensor.change !== undefined)) &&
          tensor.name.toLowerCase().includes(wanted),
      ),
    [tensors, wanted, shown],
  );
  const columns = useMemo<Column<ReceiptTensor>[]>(
    () => [
      ...headColumns(t),
      shapeColumn(t),
      {
        key: "by",
        title: t("job.tensors.by"),
        width: 120,
        render: (r) => r.change?.by.join(" + ") ?? t("job.tensors.untouched"),
        sort: (r) => r.change?.by.join() ?? null,
      },
      {
        key: "relative",
        title: "‖ΔW‖/‖W‖",
        width: 110,
        numeric: true,
        render: (r) => (r.change?.relative == null ? "–" : `${(r.change.relative * 100).toPrecision(3)} %`),
        sort: (r) => r.change?.relative ?? null,
      },
      {
        key: "changed",
        title: t("job.tensors.changed"),
        width: 130,
        numeric: true,
        render: (r) => (r.change ? format.number(r.change.changed) : "–"),
        sort: (r) => r.change?.changed ?? null,
      },
      {
        key: "lost",
        title: t("job.tensors.lost"),
        width: 130,
        numeric: true,
        render: (r) => (r.change ? format.number(r.change.lost) : "–"),
        sort: (r) => r.change?.lost ?? null,
      },
      fileColumn(t),
    ],
    [t, format],
  );
  return (
    <div>
      <TableSearch value={search} onChange={setSearch} left={rows.length} total={tensors.length}>
        <Select
          size="sm"
          label={t("job.tensors.show")}
          allowDeselect={false}
          value={shown}
          onChange={(value) => setShown(SHOWN.find((s) => s === value) ?? "all")}
          data={SHOWN.map((value) => ({ value, label: t(`job.tensors.shown.${value}`) }))}
        />
      </TableSearch>
      <VirtualTable
        label={t("job.tensors.title")}
        columns={columns}
        rows={rows}
        keyOf={(tensor) => `${tensor.file} ${tensor.name}`}
        empty={t("table.nothing")}
        minWidth={1260}
      />
    </div>
  );
}
