/** Groups the tensors of a receipt by layer, for the chart of ‖ΔW‖/‖W‖. */
import type { ReceiptTensor } from "../shared/types";

export interface Part {
  /** First name below the layer: `self_attn`, `mlp`, … */
  name: string;
  relative: number;
}

export interface Layer {
  index: number;
  /** Of all changed tensors of the layer together. */
  relative: number;
  parts: Part[];
  tensors: number;
}

export interface Stack {
  /** What stands before the number: `model.layers`, `visual.blocks`, … */
  name: string;
  layers: Layer[];
  /** Names of the parts that occur, most frequent first. */
  parts: string[];
}

export interface Outside {
  name: string;
  relative: number;
}

export interface Grouped {
  stacks: Stack[];
  /** Changed tensors that belong to no layer: embedding, head, last norm. */
  outside: Outside[];
}

const LAYER = /^(.*?)\.(\d+)\.(.+)$/;

interface Sum {
  delta: number;
  weight: number;
  tensors: number;
}

function ratio(sum: Sum): number {
  return sum.weight > 0 ? Math.sqrt(sum.delta / sum.weight) : 0;
}

function add(sums: Map<string, Sum>, key: string, delta: number, weight: number) {
  const sum = sums.get(key) ?? { delta: 0, weight: 0, tensors: 0 };
  sum.delta += delta * delta;
  sum.weight += weight * weight;
  sum.tensors += 1;
  sums.set(key, sum);
}

/** The norms of a layer are those of its tensors laid side by side, so big matrices count for what they are. */
export function groupByLayer(tensors: readonly ReceiptTensor[]): Grouped {
  const stacks = new Map<string, Map<number, Map<string, Sum>>>();
  const outside: Outside[] = [];
  for (const tensor of tensors) {
    const change = tensor.change;
    if (!change) continue;
    const match = LAYER.exec(tensor.name);
    const [, stack, index, rest] = match ?? [];
    if (stack === undefined || index === undefined || rest === undefined) {
      outside.push({ name: tensor.name, relative: change.relative ?? 0 });
      continue;
    }
    const layers = stacks.get(stack) ?? new Map<number, Map<string, Sum>>();
    stacks.set(stack, layers);
    const sums = layers.get(Number(index)) ?? new Map<string, Sum>();
    layers.set(Number(index), sums);
    add(sums, "", change.delta_norm, change.weight_norm);
    add(sums, rest.split(".")[0] ?? rest, change.delta_norm, change.weight_norm);
  }
  const list = [...stacks].map(([name, layers]) => makeStack(name, layers));
  list.sort((a, b) => b.layers.length - a.layers.length);
  return { stacks: list, outside };
}

function makeStack(name: string, layers: Map<number, Map<string, Sum>>): Stack {
  const seen = new Map<string, number>();
  const made = [...layers]
    .sort(([a], [b]) => a - b)
    .map(([index, sums]): Layer => {
      const parts: Part[] = [];
      for (const [part, sum] of sums) {
        if (part === "") continue;
        parts.push({ name: part, relative: ratio(sum) });
        seen.set(part, (seen.get(part) ?? 0) + 1);
      }
      const all = sums.get("") ?? { delta: 0, weight: 0, tensors: 0 };
      return { index, relative: ratio(all), parts, tensors: all.tensors };
    });
  const parts = [...seen].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([part]) => part);
  return { name, layers: made, parts };
}
