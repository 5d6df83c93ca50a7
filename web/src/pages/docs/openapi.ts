/** As much of OpenAPI 3.1 as the viewer shows. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

export interface Content {
  description?: string;
  content?: Record<string, { schema?: Schema }>;
}

export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: Content;
  responses?: Record<string, Content>;
}

export interface Document {
  info: { title: string; version: string; description?: string };
  servers?: { url: string }[];
  paths: Record<string, Record<string, unknown>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Entry {
  method: string;
  path: string;
  operation: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** Operations under their tag, or under the resource that their path names. */
export function grouped(document: Document): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>();
  const prefix = document.servers?.[0]?.url ?? "";
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (!operation) continue;
      const name = operation.tags?.[0] ?? path.split("/").find(Boolean) ?? path;
      groups.set(name, [
        ...(groups.get(name) ?? []),
        { method: method.toUpperCase(), path: prefix + path, operation },
      ]);
    }
  }
  return [...groups];
}

/** `#/components/schemas/Job` → `Job`. */
function refName(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/** Parts of a type in words, with references kept apart so that they can be links. */
export type Piece = string | { ref: string };

export function typeOf(schema: Schema | undefined): Piece[] {
  if (!schema) return ["any"];
  if (schema.$ref) return [{ ref: refName(schema.$ref) }];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return between(choices.map(typeOf), " | ");
  if (schema.allOf) return between(schema.allOf.map(typeOf), " & ");
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" | ")];
  const types = Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : [];
  if (types.length === 0) return [schema.properties ? "object" : "any"];
  return between(
    types.map((type) => ofType(type, schema)),
    " | ",
  );
}

function ofType(type: string, schema: Schema): Piece[] {
  if (type === "array") return [...typeOf(schema.items), "[]"];
  if (type === "object" && typeof schema.additionalProperties === "object") {
    return ["{[key]: ", ...typeOf(schema.additionalProperties), "}"];
  }
  return [schema.format && type !== "null" ? `${type} (${schema.format})` : type];
}

function between(parts: Piece[][], separator: string): Piece[] {
  return parts.flatMap((part, i) => (i === 0 ? part : [separator, ...part]));
}
