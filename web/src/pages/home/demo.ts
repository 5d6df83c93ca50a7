import type { Entry } from "@/api/types";

export interface Demo {
  base: string;
  adapter: string;
}

/** A base and an adapter side by side, by the names that `weldlm demo` gives them. */
export function demoIn(entries: readonly Entry[]): Demo | null {
  const named = (name: string) => entries.find((e) => e.kind === "dir" && e.name === name)?.path;
  const base = named("base");
  const adapter = named("adapter");
  return base && adapter ? { base, adapter } : null;
}

const LOOKED_IN = 4;

/** Demo folders first; no more than a few, since this is only a hint. */
export function foldersToLookIn(entries: readonly Entry[]): string[] {
  const folders = entries.filter((e) => e.kind === "dir" && /demo/i.test(e.name));
  return folders.slice(0, LOOKED_IN).map((e) => e.path);
}
