import type { Stack } from "./layers";

/** More lines than this cannot be told apart. */
const PARTS_MAX = 4;

/** Columns of the chart in per cent: layer, the whole layer, then its most frequent parts. */
export function series(stack: Stack): { data: (number | null)[][]; names: string[] } {
  const parts = stack.parts.slice(0, PARTS_MAX);
  const column = (name: string) =>
    stack.layers.map((layer) => {
      const part = layer.parts.find((p) => p.name === name);
      return part ? part.relative * 100 : null;
    });
  return {
    data: [stack.layers.map((l) => l.index), stack.layers.map((l) => l.relative * 100), ...parts.map(column)],
    names: ["", ...parts],
  };
}
