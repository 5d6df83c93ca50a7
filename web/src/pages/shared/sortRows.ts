export interface Order {
  key: string;
  down: boolean;
}

/** First the useful direction, then the other one, then as it was. */
export function turned(order: Order | null, key: string, down: boolean): Order | null {
  if (order?.key !== key) return { key, down };
  return order.down === down ? { key, down: !down } : null;
}

export function sortRows<Row>(
  rows: readonly Row[],
  by: (row: Row) => string | number | null,
  down: boolean,
): readonly Row[] {
  const sign = down ? -1 : 1;
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
