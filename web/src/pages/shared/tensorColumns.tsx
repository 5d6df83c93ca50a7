import type { TFunction } from "i18next";
import type { Column } from "./VirtualTable";

/** What every table of tensors shows of one. */
export interface TensorHead {
  name: string;
  dtype: string;
}

/** The columns for what a tensor is called and what it is made of, at the beginning of every such table. */
export function headColumns<Row extends TensorHead>(t: TFunction): Column<Row>[] {
  return [
    {
      key: "name",
      title: t("table.tensor"),
      render: (r) => <span title={r.name}>{r.name}</span>,
      sort: (r) => r.name,
    },
    { key: "dtype", title: t("table.dtype"), width: 80, render: (r) => r.dtype, sort: (r) => r.dtype },
  ];
}

/** Its shape; a single value has none. */
export function shapeColumn<Row extends { shape: number[] }>(t: TFunction): Column<Row> {
  return {
    key: "shape",
    title: t("table.shape"),
    width: 130,
    numeric: true,
    render: (r) => r.shape.join(" × ") || "1",
    sort: (r) => r.shape.reduce((a, b) => a * b, 1),
  };
}

/** The file that it lies in, at the end of a table. */
export function fileColumn<Row extends { file: string }>(t: TFunction): Column<Row> {
  return {
    key: "file",
    title: t("table.file"),
    width: 200,
    render: (r) => <span title={r.file}>{r.file}</span>,
    sort: (r) => r.file,
  };
}
