import type { Field, Fields } from "@/api/types";
import type { Task } from "./form";

const OPTIONS: Record<string, string> = {
  base_model_path: "--base",
  input_path: "--input",
  adapter_path: "--adapter",
  output_path: "--output",
  export_format: "--format",
  tokenizer_path: "--tokenizer",
};

/** A word that a POSIX shell reads as exactly this text. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function values(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "object" || value === null) return [String(value)];
  if (name !== "module_mapping") return [JSON.stringify(value)];
  return Object.entries(value).map(([from, to]) => `${from}=${to}`);
}

/** The command line that does the same. */
export function commandOf(task: Task, fields: Fields, known: Field[] = []): string {
  const words = ["weldlm", task];
  for (const [name, value] of Object.entries(fields)) {
    const option =
      OPTIONS[name] ?? known.find((field) => field.name === name)?.option ?? `--${name.replaceAll("_", "-")}`;
    for (const text of values(name, value)) {
      // A value that begins with a dash would be taken for an option.
      if (text.startsWith("-")) words.push(quote(`${option}=${text}`));
      else words.push(option, quote(text));
    }
  }
  return words.join(" ");
}
