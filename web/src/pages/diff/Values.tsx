import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { headColumns } from "../shared/tensorColumns";
import { type Column, VirtualTable } from "../shared/VirtualTable";
import type { ValueChange } from "./types";

export function Values({ values }: { values: ValueChange[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo<Column<ValueChange>[]>(
    () => [
      ...headColumns(t),
      {
        key: "differing",
        title: t("diff.differing"),
        width: 130,
        numeric: true,
        render: (r) => format.number(r.differing),
        sort: (r) => r.differing,
      },
      {
        key: "share",
        title: t("diff.share"),
        width: 90,
        numeric: true,
        render: (r) => (r.values > 0 ? format.percent(r.differing / r.values) : "–"),
        sort: (r) => (r.values > 0 ? r.differing / r.values : null),
      },
      {
        key: "max",
        title: t("diff.max"),
        width: 120,
        numeric: true,
        render: (r) => r.max_abs.toPrecision(4),
        sort: (r) => r.max_abs,
      },
      {
        key: "relative",
        title: "‖B−A‖/‖A‖",
        width: 110,
        numeric: true,
        render: (r) => (r.relative === null ? "–" : `${(r.relative * 100).toPrecision(3)} %`),
        sort: (r) => r.relative,
      },
      {
        key: "notFinite",
        title: "NaN/Inf",
        width: 90,
        numeric: true,
        render: (r) => format.number(r.not_finite),
        sort: (r) => r.not_finite,
      },
    ],
    [t, format],
  );
  return (
    <VirtualTable
      label={t("diff.valuesTable")}
      columns={columns}
      rows={values}
      keyOf={(row) => row.name}
      empty={t("table.nothing")}
      minWidth={900}
    />
  );
}
