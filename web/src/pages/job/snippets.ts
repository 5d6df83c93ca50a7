/** Ready commands to use a result. */
import { quote } from "@/request/command";

/** A text literal of Python. JSON's is one. */
function python(text: string): string {
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
  const output = quote(used.output);
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
      const file = quote(`${used.output.replace(/\/+$/, "")}.gguf`);
      return `python convert_hf_to_gguf.py ${output} --outfile ${file}\nllama-cli -m ${file}`;
    }
    case "verify": {
      const words = ["weldlm verify", output];
      if (used.base) words.push("--base", quote(used.base));
      for (const adapter of used.adapters) words.push("--adapter", quote(adapter));
      return words.join(" ");
    }
  }
}
