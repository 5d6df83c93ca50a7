import { describe, expect, it } from "vitest";
import type { ReceiptTensor } from "../shared/types";
import { groupByLayer } from "./layers";
import { series } from "./plotData";

const tensor = (name: string, delta?: number, weight = 10): ReceiptTensor => ({
  name,
  file: "model.safetensors",
  dtype: "BF16",
  shape: [4, 4],
  ...(delta === undefined
    ? {}
    : {
        change: {
          by: ["lora"],
          delta_norm: delta,
          weight_norm: weight,
          relative: weight > 0 ? delta / weight : null,
          changed: 1,
          lost: 0,
          rows_recomputed: 0,
        },
      }),
});

describe("tensors by layer", () => {
  const grouped = groupByLayer([
    tensor("model.embed_tokens.weight", 1),
    tensor("model.layers.0.self_attn.q_proj.weight", 3),
    tensor("model.layers.0.mlp.up_proj.weight", 4),
    tensor("model.layers.0.input_layernorm.weight"),
    tensor("model.layers.10.self_attn.q_proj.weight", 2),
    tensor("model.layers.2.self_attn.q_proj.weight", 1),
    tensor("visual.blocks.0.attn.qkv.weight", 5),
    tensor("model.norm.weight", 0, 0),
  ]);

  it("take norms together as one long vector", () => {
    const first = grouped.stacks[0]?.layers[0];
    expect(first?.relative).toBeCloseTo(Math.sqrt((9 + 16) / 200));
    expect(first?.tensors).toBe(2);
    expect(first?.parts.find((p) => p.name === "mlp")?.relative).toBeCloseTo(0.4);
  });

  it("are ordered by number, not by text, and untouched ones leave no layer", () => {
    expect(grouped.stacks[0]?.layers.map((l) => l.index)).toEqual([0, 2, 10]);
  });

  it("keep towers apart, the deepest first", () => {
    expect(grouped.stacks.map((s) => s.name)).toEqual(["model.layers", "visual.blocks"]);
  });

  it("name what belongs to no layer", () => {
    expect(grouped.outside).toEqual([
      { name: "model.embed_tokens.weight", relative: 0.1 },
      { name: "model.norm.weight", relative: 0 },
    ]);
  });

  it("become columns in per cent with gaps where a part is missing", () => {
    const stack = grouped.stacks[0];
    if (!stack) throw new Error("no stack");
    const { names, data } = series(stack);
    expect(names).toEqual(["", "self_attn", "mlp"]);
    expect(data[0]).toEqual([0, 2, 10]);
    expect(data[3]).toEqual([40, null, null]);
  });
});
