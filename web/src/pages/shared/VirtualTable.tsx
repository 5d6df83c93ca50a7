import { Text, UnstyledButton } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./VirtualTable.module.css";
import { useWindow } from "./useWindow";

export interface Column<Row> {
  key: string;
  title: string;
  /** A width for `grid-template-columns`. */
  width: string;
  render: (row: Row) => ReactNode;
  /** By what it is sorted; not sortable without. Rows without a value come last. */
  sort?: (row: Row) => string | number | null;
  /** Numbers stand to the right and start with the largest. */
  numeric?: boolean;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  empty: ReactNode;
  /** Pixels of the box at most. */
  height?: number;
  /** Pixels that the columns need side by side; the box scrolls below that. */
  minWidth?: number;
}

interface Order {
  key: string;
  down: boolean;
}

const ROW = 34;

/** A table of any length: only the rows in view are in the document, and the box scrolls within itself. */
export function VirtualTable<Row>(props: Props<Row>) {
  const { label, columns, rows, keyOf, empty, height = 440, minWidth = 640 } = props;
  const { t } = useTranslation();
  const [order, setOrder] = useState<Order | null>(null);
  const sorted = useMemo(() => sortRows(rows, columns, order), [rows, columns, order]);
  const view = useWindow(sorted.length, ROW);
  const template = { gridTemplateColumns: columns.map((c) => c.width).join(" "), minWidth };
  const turn = (column: Column<Row>) =>
    setOrder((old) =>
      old?.key !== column.key
        ? { key: column.key, down: column.numeric === true }
        : old.down === (column.numeric === true)
          ? { key: column.key, down: !old.down }
          : null,
    );
  const direction = (column: Column<Row>) =>
    order?.key !== column.key ? "none" : order.down ? "descending" : "ascending";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <div className={classes.box} ref={view.ref} onScroll={view.onScroll} style={{ maxHeight: height }} tabIndex={0} role="group" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={sorted.length + 1} aria-colcount={columns.length}>
        <div role="rowgroup" className={classes.head} style={{ minWidth }}>
          <div role="row" aria-rowindex={1} className={classes.row} style={template}>
            {columns.map((column) => (
              <div
                key={column.key}
                role="columnheader"
                aria-sort={column.sort ? direction(column) : undefined}
                className={classes.cell}
                data-numeric={column.numeric || undefined}
              >
                {column.sort ? (
                  <UnstyledButton className={classes.sort} onClick={() => turn(column)} title={t("table.sort")}>
                    {column.title}
                    <span aria-hidden className={classes.arrow}>
                      {direction(column) === "none" ? "" : direction(column) === "descending" ? "▾" : "▴"}
                    </span>
                  </UnstyledButton>
                ) : (
                  column.title
                )}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ paddingTop: view.before, paddingBottom: view.after, minWidth }}>
          {sorted.slice(view.start, view.end).map((row, i) => (
            <div
              key={keyOf(row)}
              role="row"
              aria-rowindex={view.start + i + 2}
              className={classes.row}
              data-odd={(view.start + i) % 2 === 1 || undefined}
              style={{ ...template, height: ROW }}
            >
              {columns.map((column) => (
                <div key={column.key} role="cell" className={classes.cell} data-numeric={column.numeric || undefined}>
                  {column.render(row)}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
      {sorted.length === 0 && (
        <Text c="dimmed" p="md" size="sm">
          {empty}
        </Text>
      )}
    </div>
  );
}

export function sortRows<Row>(rows: readonly Row[], columns: Column<Row>[], order: Order | null): readonly Row[] {
  const by = columns.find((column) => column.key === order?.key)?.sort;
  if (!by || !order) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    const compared =
      typeof x === "number" && typeof y === "number"
        ? x - y
        : String(x).localeCompare(String(y), undefined, { numeric: true });
    return compared * sign;
  });
}
