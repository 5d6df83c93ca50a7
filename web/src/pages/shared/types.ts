/** What the free-form objects of the API hold, as far as the pages read them. */

export interface Change {
  by: string[];
  delta_norm: number;
  weight_norm: number;
  relative: number | null;
  changed: number;
  lost: number;
  rows_recomputed: number;
}

export interface ReceiptTensor {
  name: string;
  file: string;
  dtype: string;
  shape: number[];
  blake3?: string;
  change?: Change;
}

export interface HashedFile {
  name: string;
  bytes?: number;
  blake3: string;
}

export interface AdapterGroup {
  type: string;
  rank: number | null;
  alpha: number | null;
  scaling: number | null;
  tensors: number;
}

export interface ReceiptAdapter {
  name: string;
  peft_type: string | null;
  scale: number;
  names: string | null;
  files: HashedFile[];
  groups: AdapterGroup[];
}

export interface Counts {
  tensors: number;
  applied: number;
  replaced: number;
  added: number;
  untouched: number;
  skipped: number;
  values_changed: number;
  lost_to_rounding: number;
  rows_recomputed: number;
}

export interface Receipt {
  weldlm: string;
  task: "merge" | "export";
  state: "complete" | "partial";
  options: Record<string, unknown>;
  base: { name: string; model_type: string | null; files: HashedFile[] };
  adapters: ReceiptAdapter[];
  counts: Counts;
  config_edits: { key: string; value: unknown }[];
  skipped: { module: string; code: string; reason: string }[];
  files: HashedFile[];
  tensors: ReceiptTensor[];
  receipt_blake3: string;
}
