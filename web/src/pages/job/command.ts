import type { Field } from "@/api/types";
import { shell } from "./snippets";

/** The command line of a request: what the form did, for a script. */
export function commandOf(task: string, request: Record<string, unknown>, fields: readonly Field[]): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(request)) {
    if (value === null || value === undefined) continue;
    const option = fields.find((field) => field.name === name)?.option ?? `--${name.replaceAll("_", "-")}`;
    for (const word of words(value)) parts.push(`${option} ${shell(word)}`);
  }
  return [`weldlm ${task}`, ...parts].join(" \\\n  ");
}

/** A list gives its option once an item, a mapping once a pair. */
function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(words);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, inner]) => `${key}=${String(inner)}`);
  }
  return [String(value)];
}
