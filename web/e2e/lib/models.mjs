// Models to try things on: the program's own demo, and larger random ones whose merge takes some seconds.

import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { weldlm } from "./place.mjs";

/** Numbers that are the same in every run: xorshift32. */
export function random(seed) {
  let state = seed || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Small bf16 values of both signs, 16 MiB of them, to be written again and again. */
function noise(seed, exponent) {
  const next = random(seed);
  const block = new Uint32Array(4 << 20);
  for (let i = 0; i < block.length; i++) {
    const bits = next();
    block[i] = (bits & 0x80ff80ff) | (exponent * 0x00010001);
  }
  return Buffer.from(block.buffer);
}

/** A safetensors file of bf16 tensors: [name, shape, "noise" | "ones"]. */
function write(path, tensors, seed, exponent) {
  const header = { __metadata__: { format: "pt" } };
  let at = 0;
  for (const [name, shape] of tensors) {
    const end = at + 2 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: "BF16", shape, data_offsets: [at, end] };
    at = end;
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(path, "w");
  writeSync(file, Buffer.concat([size, Buffer.from(text)]));
  const block = noise(seed, exponent);
  const ones = Buffer.alloc(1 << 16, Buffer.from([0x80, 0x3f]));
  let from = 0;
  for (const [, shape, kind] of tensors) {
    let left = 2 * shape.reduce((a, b) => a * b, 1);
    while (left > 0) {
      const source = kind === "ones" ? ones : block;
      if (kind === "ones" || from >= block.length) from = 0;
      const piece = Math.min(left, source.length - from);
      writeSync(file, source, from, piece);
      left -= piece;
      // Not a whole row, so that tensors of one shape differ.
      from += kind === "ones" ? 0 : piece;
    }
  }
  closeSync(file);
}

const LINEAR = [
  "self_attn.q_proj",
  "self_attn.k_proj",
  "self_attn.v_proj",
  "self_attn.o_proj",
  "mlp.up_proj",
];

/**
 * A llama-shaped base and a LoRA of high rank: the higher the rank, the longer a merge computes for each byte.
 * 1024 hidden, 16 layers and rank 512 are 170 MB and a few seconds of work.
 */
export function make(path, { hidden = 1024, layers = 16, rank = 512, seed = 7 } = {}) {
  const [base, adapter] = [join(path, "base"), join(path, "adapter")];
  mkdirSync(base, { recursive: true });
  mkdirSync(adapter, { recursive: true });
  const square = [hidden, hidden];
  const weights = [["model.embed_tokens.weight", [2048, hidden]]];
  const pairs = [];
  for (let i = 0; i < layers; i++) {
    for (const name of [...LINEAR, "mlp.gate_proj", "mlp.down_proj"])
      weights.push([`model.layers.${i}.${name}.weight`, square]);
    for (const name of LINEAR) {
      pairs.push([`base_model.model.model.layers.${i}.${name}.lora_A.weight`, [rank, hidden]]);
      pairs.push([`base_model.model.model.layers.${i}.${name}.lora_B.weight`, [hidden, rank]]);
    }
    for (const name of ["input_layernorm", "post_attention_layernorm"])
      weights.push([`model.layers.${i}.${name}.weight`, [hidden], "ones"]);
  }
  weights.push(["model.norm.weight", [hidden], "ones"], ["lm_head.weight", [2048, hidden]]);
  write(join(base, "model.safetensors"), weights, seed, 0x3c80);
  write(join(adapter, "adapter_model.safetensors"), pairs, seed + 1, 0x3b00);
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    torch_dtype: "bfloat16",
    hidden_size: hidden,
    intermediate_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    vocab_size: 2048,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-5,
    hidden_act: "silu",
    tie_word_embeddings: false,
  };
  const lora = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: null,
    r: rank,
    lora_alpha: rank,
    lora_dropout: 0,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    target_modules: LINEAR.map((name) => name.split(".")[1]),
  };
  writeFileSync(join(base, "config.json"), JSON.stringify(config, null, 2));
  writeFileSync(join(adapter, "adapter_config.json"), JSON.stringify(lora, null, 2));
  return { base, adapter };
}

/** The demo's base and adapter. */
export function demo(path) {
  weldlm(["demo", path, "--json"]);
  return { base: join(path, "base"), adapter: join(path, "adapter"), merged: join(path, "merged") };
}

/** The adapter again, with every tensor's name changed: what another framework would have written. */
export function renamed(from, to, change) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const bytes = readFileSync(join(from, name));
    if (!name.endsWith(".safetensors")) {
      writeFileSync(join(to, name), bytes);
      continue;
    }
    const size = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, 8 + size).toString("utf8"));
    const names = Object.entries(header).map(([key, value]) => [
      key === "__metadata__" ? key : change(key),
      value,
    ]);
    let text = JSON.stringify(Object.fromEntries(names));
    text += " ".repeat((8 - (text.length % 8)) % 8);
    const start = Buffer.alloc(8);
    start.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
    writeFileSync(join(to, name), Buffer.concat([start, Buffer.from(text), bytes.subarray(8 + size)]));
  }
  return to;
}

/** Hash of every file below a folder; the receipt names times and paths, so its own hashes stand for it. */
function hashes(path) {
  const found = {};
  for (const name of readdirSync(path, { recursive: true }).sort()) {
    const file = join(path, name);
    if (!statSync(file).isFile()) continue;
    if (name === "weldlm.json") {
      const receipt = JSON.parse(readFileSync(file, "utf8"));
      found[name] = JSON.stringify([
        receipt.state,
        receipt.request_blake3,
        receipt.counts,
        receipt.files,
        receipt.tensors,
      ]);
    } else {
      found[name] = createHash("sha256").update(readFileSync(file)).digest("hex");
    }
  }
  return found;
}

/** Names of files that differ. */
export function differing(a, b) {
  const [left, right] = [hashes(a), hashes(b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (name) => left[name] !== right[name],
  );
}
