/** What POST /diff says, as `weldlm diff --json` does. */

export interface SideOf {
  path: string;
  format: string;
  files: number;
  tensors: number;
}

export interface ValueChange {
  name: string;
  dtype: string;
  values: number;
  differing: number;
  max_abs: number;
  relative: number | null;
  not_finite: number;
}

export interface Words {
  only_a: number;
  only_b: number;
  other_id: number;
  first: { token: string; a: number | null; b: number | null }[];
}

export interface Difference {
  equal: boolean;
  same_weights: boolean;
  values_compared: boolean;
  a: SideOf;
  b: SideOf;
  same: number;
  only_a: string[];
  only_b: string[];
  headers: { name: string; a: string; b: string }[];
  values: ValueChange[];
  config: { key: string; a?: unknown; b?: unknown }[];
  tokenizer: {
    equal: boolean;
    vocabulary: Words;
    added_tokens: Words;
    merges: { a: number; b: number; differ: number };
    chat_template_differs: boolean;
  };
  files: { differ: string[]; only_a: string[]; only_b: string[] };
}
