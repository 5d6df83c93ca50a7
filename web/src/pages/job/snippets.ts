/** Ready commands to use a result. */

/** A word of a POSIX shell command. */
export function shell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A text literal of Python. JSON's is one, except that it may leave out nothing Python needs. */
export function python(text: string): string {
  return JSON.stringify(text);
}

export interface Used {
  output: string;
  base: string | null;
  adapters: string[];
}

export type Runtime = "transformers" | "vllm" | "llamacpp" | "verify";
export const RUNTIMES: readonly Runtime[] = ["transformers", "vllm", "llamacpp", "verify"];

export function snippet(runtime: Runtime, used: Used): string {
  const output = shell(used.output);
  switch (runtime) {
    case "transformers":
      return [
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        "",
        `path = ${python(used.output)}`,
        'model = AutoModelForCausalLM.from_pretrained(path, dtype="auto")',
        "tokenizer = AutoTokenizer.from_pretrained(path)",
      ].join("\n");
    case "vllm":
      return `vllm serve ${output}`;
    case "llamacpp": {
      const file = shell(`${used.output.replace(/\/+$/, "")}.gguf`);
      return `python convert_hf_to_gguf.py ${output} --outfile ${file}\nllama-cli -m ${file}`;
    }
    case "verify": {
      const words = ["weldlm verify", output];
      if (used.base) words.push("--base", shell(used.base));
      for (const adapter of used.adapters) words.push("--adapter", shell(adapter));
      return words.join(" ");
    }
  }
}
