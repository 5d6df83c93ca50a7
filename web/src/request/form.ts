import type { Fields } from "@/api/types";

export type Task = "merge" | "export";
export const DTYPES = ["keep", "fp16", "bf16", "fp32"] as const;
export const SERIALIZATIONS = ["true", "false", "both"] as const;
export const VERIFIES = ["weights", "none"] as const;
export type Dtype = (typeof DTYPES)[number];
export type Serialization = (typeof SERIALIZATIONS)[number];
export type Verify = (typeof VERIFIES)[number];
export type IfExists = "fail" | "resume" | "replace";

export interface AdapterRow {
  /** Keeps a row itself while others move around it. */
  key: number;
  path: string;
  scale: number;
}

export interface MappingRow {
  key: number;
  from: string;
  to: string;
}

/** What the page holds while a request is being put together. */
export interface Form {
  task: Task;
  /** `null`: whatever is proposed. */
  base: string | null;
  adapters: AdapterRow[];
  output: string | null;
  formats: string[] | null;
  dtype: Dtype;
  safeMerge: boolean;
  tokenizer: string;
  includeTokenizer: boolean;
  mapping: MappingRow[];
  shard: string;
  serialization: Serialization;
  ifExists: IfExists;
  verify: Verify;
  threads: number | null;
  pushToHub: boolean;
  repoId: string;
  trustRemoteCode: boolean;
  /** Options of formats, and fields without a control that a recipe or a job brought along. */
  more: Fields;
}

/** What stands in for fields that were left alone. */
export interface Proposals {
  base?: string;
  output?: string;
  formats?: string[];
}

let lastKey = 0;
const newKey = () => {
  lastKey += 1;
  return lastKey;
};

export const newAdapter = (path = "", scale = 1): AdapterRow => ({ key: newKey(), path, scale });
export const newMapping = (from = "", to = ""): MappingRow => ({ key: newKey(), from, to });

export function emptyForm(task: Task): Form {
  return {
    task,
    base: null,
    adapters: task === "merge" ? [newAdapter()] : [],
    output: null,
    formats: null,
    dtype: "keep",
    safeMerge: false,
    tokenizer: "",
    includeTokenizer: true,
    mapping: [],
    shard: "",
    serialization: "true",
    ifExists: "fail",
    verify: "weights",
    threads: null,
    pushToHub: false,
    repoId: "",
    trustRemoteCode: false,
    more: {},
  };
}

const baseField = (task: Task) => (task === "merge" ? "base_model_path" : "input_path");

/** The request: the article's names, and only what differs from the defaults. */
export function toFields(form: Form, proposals: Proposals = {}): Fields {
  const fields: Fields = {};
  const put = (name: string, value: unknown, unless?: unknown) => {
    if (value !== undefined && value !== null && value !== "" && value !== unless) fields[name] = value;
  };
  const adapters = form.adapters.filter((row) => row.path.trim() !== "");
  const paths = adapters.map((row) => row.path.trim());
  const scales = adapters.map((row) => row.scale);
  const one = <T>(list: T[]) => (list.length === 1 ? list[0] : list.length ? list : undefined);

  put(baseField(form.task), (form.base ?? proposals.base ?? "").trim());
  put("adapter_path", one(paths));
  put("scale", scales.some((scale) => scale !== 1) ? one(scales) : undefined);
  if (form.task === "export") put("export_format", one(form.formats ?? proposals.formats ?? []));
  put("output_path", (form.output ?? proposals.output ?? "").trim());
  put("dtype", form.dtype, "keep");
  put("safe_merge", form.safeMerge, false);
  put("tokenizer_path", form.tokenizer.trim());
  put("include_tokenizer", form.includeTokenizer, true);
  const rows = form.mapping.filter((row) => row.from.trim() !== "" || row.to.trim() !== "");
  put(
    "module_mapping",
    rows.length ? Object.fromEntries(rows.map((row) => [row.from.trim(), row.to.trim()])) : undefined,
  );
  put("max_shard_size", form.shard.trim());
  put("safe_serialization", form.serialization === "both" ? "both" : form.serialization === "true", true);
  put("if_exists", form.ifExists, "fail");
  put("verify", form.verify, "weights");
  put("threads", form.threads);
  put("push_to_hub", form.pushToHub, false);
  put("repo_id", form.repoId.trim());
  put("trust_remote_code", form.trustRemoteCode, false);
  for (const [name, value] of Object.entries(form.more)) put(name, value);
  return fields;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : text(value) ? [text(value)] : [];
const truth = (value: unknown, otherwise: boolean): boolean =>
  value === true || value === "true" ? true : value === false || value === "false" ? false : otherwise;

function choice<T extends string>(value: unknown, values: readonly T[], otherwise: T): T {
  return values.find((known) => known === String(value)) ?? otherwise;
}

/** dtype has several spellings, as in the request. */
function dtypeOf(value: unknown): Dtype {
  const name = text(value)
    .toLowerCase()
    .replace(/^torch\./, "");
  if (["f16", "fp16", "float16"].includes(name)) return "fp16";
  if (["bf16", "bfloat16"].includes(name)) return "bf16";
  if (["f32", "fp32", "float32"].includes(name)) return "fp32";
  return "keep";
}

export function mappingRows(value: unknown): MappingRow[] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value).map(([from, to]) => newMapping(from, String(to)));
  }
  return texts(value).map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? newMapping(pair) : newMapping(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
  });
}

const KNOWN = new Set([
  "base_model_path",
  "input_path",
  "adapter_path",
  "scale",
  "export_format",
  "output_path",
  "dtype",
  "safe_merge",
  "tokenizer_path",
  "include_tokenizer",
  "module_mapping",
  "max_shard_size",
  "safe_serialization",
  "if_exists",
  "verify",
  "threads",
  "push_to_hub",
  "repo_id",
  "trust_remote_code",
]);

/** Whether the form has a place of its own for a field. */
export const hasControl = (field: string) => KNOWN.has(field);

/** The form of a request; fields without a control are kept as they are. */
export function fromFields(task: Task, fields: Fields): Form {
  const paths = texts(fields.adapter_path);
  const scales = Array.isArray(fields.scale)
    ? fields.scale
    : fields.scale === undefined
      ? []
      : [fields.scale];
  const scale = (i: number) => {
    const given = Number(scales[i] ?? 1);
    return Number.isFinite(given) ? given : 1;
  };
  const threads = Number(fields.threads ?? Number.NaN);
  const form = emptyForm(task);
  return {
    ...form,
    base: text(fields[baseField(task)]) || null,
    adapters: paths.length ? paths.map((path, i) => newAdapter(path, scale(i))) : form.adapters,
    output: text(fields.output_path) || null,
    formats: fields.export_format === undefined ? null : texts(fields.export_format),
    dtype: dtypeOf(fields.dtype),
    safeMerge: truth(fields.safe_merge, false),
    tokenizer: text(fields.tokenizer_path),
    includeTokenizer: truth(fields.include_tokenizer, true),
    mapping: mappingRows(fields.module_mapping),
    shard: fields.max_shard_size === undefined ? "" : String(fields.max_shard_size),
    serialization: choice(fields.safe_serialization, SERIALIZATIONS, "true"),
    // To replace is decided anew each time, by typing the name of what goes.
    ifExists: fields.if_exists === "resume" ? "resume" : "fail",
    verify: choice(fields.verify, VERIFIES, "weights"),
    threads: Number.isInteger(threads) && threads > 0 ? threads : null,
    pushToHub: truth(fields.push_to_hub, false),
    repoId: text(fields.repo_id),
    trustRemoteCode: truth(fields.trust_remote_code, false),
    more: Object.fromEntries(Object.entries(fields).filter(([name]) => !KNOWN.has(name))),
  };
}

/** What a request must have before it can be planned. */
export type Missing = "base" | "input" | "adapter" | "format" | "output";

export function missing(task: Task, fields: Fields): Missing[] {
  const absent: Missing[] = [];
  if (!fields[baseField(task)]) absent.push(task === "merge" ? "base" : "input");
  if (task === "merge" && !fields.adapter_path) absent.push("adapter");
  if (task === "export" && !fields.export_format) absent.push("format");
  if (!fields.output_path) absent.push("output");
  return absent;
}

/** Which page a request belongs to. */
export function taskOf(fields: Fields): Task {
  return "export_format" in fields || "input_path" in fields ? "export" : "merge";
}
