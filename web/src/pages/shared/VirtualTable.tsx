import { Text, UnstyledButton } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Order, sortRows, turned } from "./sortRows";
import { useWindow } from "./useWindow";
import classes from "./VirtualTable.module.css";

export interface Column<Row> {
  key: string;
  title: string;
  /** Pixels; columns without share what is left. */
  width?: number;
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

const ROW = 34;

/** A table of any length: only the rows in view are in the document, and the box scrolls within itself. */
export function VirtualTable<Row>(props: Props<Row>) {
  const { label, columns, rows, keyOf, empty, height = 440, minWidth = 640 } = props;
  const [order, setOrder] = useState<Order | null>(null);
  const sorted = useMemo(() => {
    const column = columns.find((c) => c.key === order?.key);
    return order && column?.sort ? sortRows(rows, column.sort, order.down) : rows;
  }, [rows, columns, order]);
  const view = useWindow(sorted.length, ROW);
  return (
    <section
      className={classes.box}
      ref={view.ref}
      onScroll={view.onScroll}
      style={{ maxHeight: height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      aria-label={label}
    >
      <table
        className={classes.table}
        style={{ minWidth }}
        aria-label={label}
        aria-rowcount={sorted.length + 1}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.key} column={column} order={order} onTurn={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap height={view.before} />
          {sorted.slice(view.start, view.end).map((row, i) => (
            <tr
              key={keyOf(row)}
              aria-rowindex={view.start + i + 2}
              data-odd={(view.start + i) % 2 || undefined}
            >
              {columns.map((column) => (
                <td key={column.key} data-numeric={column.numeric || undefined}>
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap height={view.after} />
        </tbody>
      </table>
      {sorted.length === 0 && (
        <Text c="dimmed" p="md" size="sm">
          {empty}
        </Text>
      )}
    </section>
  );
}

/** Stands for rows that are not drawn. */
function Gap({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null;
}

interface HeadProps<Row> {
  column: Column<Row>;
  order: Order | null;
  onTurn: (order: Order | null) => void;
}

function Head<Row>({ column, order, onTurn }: HeadProps<Row>) {
  const { t } = useTranslation();
  const numeric = column.numeric === true;
  if (!column.sort) {
    return (
      <th scope="col" data-numeric={numeric || undefined}>
        {column.title}
      </th>
    );
  }
  const mine = order?.key === column.key ? order : null;
  return (
    <th
      scope="col"
      data-numeric={numeric || undefined}
      aria-sort={mine === null ? "none" : mine.down ? "descending" : "ascending"}
    >
      <UnstyledButton
        className={classes.sort}
        title={t("table.sort")}
        onClick={() => onTurn(turned(order, column.key, numeric))}
      >
        {column.title}
        <span aria-hidden className={classes.arrow}>
          {mine === null ? "" : mine.down ? "▾" : "▴"}
        </span>
      </UnstyledButton>
    </th>
  );
}
