import type { Fields } from "@/api/types";

/** Names that people see and share are short. */
const SHORT: Record<string, string> = {
  base_model_path: "base",
  input_path: "input",
  adapter_path: "adapter",
  output_path: "output",
  export_format: "format",
  module_mapping: "map",
};
const LONG = Object.fromEntries(Object.entries(SHORT).map(([long, short]) => [short, long]));

/** Parameters of the page that are no fields of a request. */
const OTHERS = new Set(["from", "recipe"]);
const LISTS = new Set(["adapter_path", "scale", "export_format", "module_mapping"]);
const TEXTS = new Set([
  "base_model_path",
  "input_path",
  "output_path",
  "tokenizer_path",
  "dtype",
  "max_shard_size",
  "repo_id",
]);

/** Fields of a request as parameters of an address. */
export function toParams(fields: Fields): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    // A link never replaces anything.
    if (name === "if_exists" && value === "replace") continue;
    const key = SHORT[name] ?? name;
    if (name === "module_mapping" && typeof value === "object" && value !== null) {
      for (const [from, to] of Object.entries(value)) params.append(key, `${from}=${to}`);
    } else if (LISTS.has(name)) {
      for (const item of Array.isArray(value) ? value : [value]) params.append(key, String(item));
    } else {
      params.append(key, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
  }
  return params;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The fields that an address names. */
export function fromParams(params: URLSearchParams): Fields {
  const fields: Fields = {};
  for (const key of new Set(params.keys())) {
    if (OTHERS.has(key)) continue;
    const name = LONG[key] ?? key;
    const all = params.getAll(key);
    if (LISTS.has(name)) fields[name] = all.length === 1 ? all[0] : all;
    else if (TEXTS.has(name)) fields[name] = all[0] ?? "";
    else fields[name] = parse(all[0] ?? "");
  }
  return fields;
}
