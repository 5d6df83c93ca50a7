// Requests drawn from the OpenAPI document: now and then right, mostly wrong, the same for the same seed.
import { random } from "./models.mjs";

const TEXTS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "..",
  "../../../../etc/passwd",
  "%2e%2e%2f",
  "/etc/passwd",
  "/proc/self/environ",
  "/dev/zero",
  "/dev/stdin",
  "~",
  "--help",
  "--on-event=true",
  "-",
  "=",
  "a=b",
  "模型",
  "\u202e\ufeff",
  "\ud83e\udd80",
  "x".repeat(5000),
  "null",
  "NaN",
  "1e999",
  "5GB",
  "-1",
  "99999999999999999999",
  "'; drop table jobs; --",
  "<script>alert(1)</script>",
  "merge",
  "keep",
  "fp16",
  "true",
];
const NUMBERS = [
  0,
  -1,
  1,
  2,
  0.5,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  -(2 ** 63),
  65536,
  Number.MIN_VALUE,
];
const FIELDS = [
  "base_model_path",
  "adapter_path",
  "output_path",
  "input_path",
  "export_format",
  "dtype",
  "safe_merge",
  "scale",
  "tokenizer_path",
  "module_mapping",
  "max_shard_size",
  "safe_serialization",
  "if_exists",
  "verify",
  "on_event",
  "threads",
  "push_to_hub",
  "repo_id",
  "trust_remote_code",
  "include_tokenizer",
  "path",
  "base",
  "tensors",
  "a",
  "b",
  "headers",
  "secret",
  "before",
  "text",
  "format",
  "fields",
  "lang",
  "theme",
  "workers",
  "memory_limit",
];

export class Fuzz {
  constructor(seed, places) {
    this.next = random(seed);
    this.places = places;
  }

  below(n) {
    return this.next() % n;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  text() {
    return this.below(4) === 0 ? this.pick(this.places) : this.pick(TEXTS);
  }

  value(depth = 0) {
    const kind = this.below(depth > 3 ? 5 : 8);
    if (kind < 2) return this.text();
    if (kind === 2) return this.pick(NUMBERS);
    if (kind === 3) return this.below(2) === 0;
    if (kind === 4) return null;
    if (kind === 5) return Array.from({ length: this.below(5) }, () => this.value(depth + 1));
    return this.object(depth + 1);
  }

  object(depth = 0) {
    const names = Array.from({ length: this.below(7) }, () =>
      this.below(8) === 0 ? this.text() : this.pick(FIELDS),
    );
    return Object.fromEntries(names.map((name) => [name, this.value(depth)]));
  }

  /** Something for a schema: mostly of its type, with parts missing, foreign or wrong. */
  like(schema, all, depth = 0) {
    if (!schema || depth > 5 || this.below(6) === 0) return this.value(depth);
    if (schema.$ref) return this.like(all[schema.$ref.split("/").at(-1)], all, depth + 1);
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return this.like(this.pick(choices), all, depth + 1);
    if (schema.enum) return this.pick(schema.enum);
    const type = this.pick([schema.type ?? "object"].flat());
    if (type === "object") {
      const found = {};
      for (const [name, inner] of Object.entries(schema.properties ?? {})) {
        if (this.below(3) > 0) found[name] = this.like(inner, all, depth + 1);
      }
      return Object.keys(found).length > 0 ? found : this.object(depth);
    }
    if (type === "array")
      return Array.from({ length: this.below(4) }, () => this.like(schema.items, all, depth + 1));
    if (type === "string") return this.text();
    if (type === "integer" || type === "number") return this.pick(NUMBERS);
    if (type === "boolean") return this.below(2) === 0;
    return null;
  }

  /** A body as bytes, sometimes no JSON at all. */
  body(schema, all) {
    const kind = this.below(12);
    if (kind === 0) return "";
    if (kind === 1) return Buffer.from([0xff, 0xfe, 0x00, 0x80]);
    if (kind === 2) return "[".repeat(1 + this.below(20_000));
    if (kind === 3) return `{"a":`.repeat(1 + this.below(5_000));
    const text = JSON.stringify(this.like(schema, all));
    if (kind === 4) return text.slice(0, this.below(text.length + 1));
    if (kind === 5) return `${text.slice(0, -1)},"base_model_path":1,"base_model_path":2}`;
    return text;
  }

  /** Query and path parameters. */
  fill(path, parameters) {
    let url = path.replaceAll(/\{[^}]+\}/g, () => encodeURIComponent(this.text()) || "x");
    const query = (parameters ?? []).filter((p) => p.in === "query" && this.below(2) === 0);
    if (query.length > 0) {
      const value = () => encodeURIComponent(this.below(2) === 0 ? this.text() : String(this.pick(NUMBERS)));
      url += `?${query.map((p) => `${p.name}=${value()}`).join("&")}`;
    }
    return url;
  }
}

/** All operations of a document: { method, path, parameters, schema, open }. */
export function operations(document) {
  const found = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ["get", "post", "put", "delete", "patch"]) {
      const operation = item[method];
      if (!operation) continue;
      const content = operation.requestBody?.content ?? {};
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
      found.push({
        method: method.toUpperCase(),
        path,
        parameters,
        schema: content["application/json"]?.schema,
      });
    }
  }
  return found;
}
