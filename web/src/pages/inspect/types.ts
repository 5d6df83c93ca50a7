/** What POST /inspect says, as `weldlm inspect --json` does. */
import type { Problem } from "@/api/types";
import type { AdapterGroup } from "../shared/types";

export interface TensorRow {
  name: string;
  dtype: string;
  shape: number[];
  bytes: number;
  file: string;
}

export interface Types {
  dtype: string;
  tensors: number;
  values: number;
  bytes: number;
}

interface Weights {
  name: string;
  path: string;
  format?: string;
  files?: { name: string; bytes: number }[];
  parameters?: number;
  bytes?: number;
  tensor_count?: number;
  tensors?: TensorRow[];
  types: Types[];
  config?: Record<string, unknown> | null;
  chat_template?: { source?: string | null; rendered?: string | null; problem?: Problem | null } | null;
}

export interface ModelInspection extends Weights {
  kind: "model";
  model_type: string | null;
  architectures: string[];
  layers: number | null;
  hidden_size: number | null;
  heads: number | null;
  key_value_heads: number | null;
  intermediate_size: number | null;
  vocab_size: number | null;
  tied: boolean | null;
  embedding: string | null;
  head: string | null;
  head_stored: boolean;
  quantised: { method: string; detail: string | null } | null;
  tokenizer: { tokens: number | null; chat_template: boolean };
  weldlm:
    | { version: string; state: string; base: string; adapters: { name: string; scale: number }[] }
    | { problem: Problem }
    | null;
  not_read: string[];
  beside: string[];
  leftovers: string[];
}

export type Tried =
  | { base: string; fits: true; names: string; changed: number; warnings: Problem[] }
  | { base: string; fits: false; problems: Problem[] };

export interface AdapterInspection extends Weights {
  kind: "adapter";
  peft_type?: string | null;
  base_model?: string | null;
  task_type?: string | null;
  modules_to_save?: string[] | null;
  r?: number | null;
  lora_alpha?: number | null;
  init?: string | null;
  bias?: string | null;
  target_modules: string[];
  trained_tokens: number | null;
  groups: AdapterGroup[];
  mergeable: boolean;
  refusals: Problem[];
  needs: { name: string; shape: string; count: number }[];
  bases: Tried[];
}

export interface FolderInspection {
  kind: "folder";
  path: string;
  below: { name: string; kind: "model" | "adapter" }[];
}

export type Inspection = ModelInspection | AdapterInspection | FolderInspection;
