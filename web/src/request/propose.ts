import { baseName, isPath, join, parentOf } from "@/lib/paths";

/** What an inspection says of an adapter that matters for choosing its base. */
export interface AdapterFacts {
  baseModel: string | null;
  /** Bases of the cache that were tried and fit. */
  fitting: string[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function adapterFacts(inspection: unknown): AdapterFacts | null {
  if (!isRecord(inspection) || inspection.kind !== "adapter") return null;
  const tried = Array.isArray(inspection.bases) ? inspection.bases.filter(isRecord) : [];
  return {
    baseModel:
      typeof inspection.base_model === "string" && inspection.base_model ? inspection.base_model : null,
    fitting: tried.filter((base) => base.fits === true).map((base) => String(base.base)),
  };
}

/** The base that the adapter names if it is here, else one of the cache that fits. */
export function proposeBase(
  facts: AdapterFacts | null,
  cached: string[],
  beside: { name: string; path: string }[] = [],
): string | undefined {
  if (!facts) return undefined;
  const named = facts.baseModel;
  const neighbour = named ? beside.find((model) => model.name === baseName(named)) : undefined;
  if (named && (facts.fitting.includes(named) || cached.includes(named))) return named;
  // A model that was fetched under another owner, or a folder of the same name.
  const alike = facts.fitting.find((id) => named && baseName(id) === baseName(named));
  return alike ?? neighbour?.path ?? (named && isPath(named) ? named : facts.fitting[0]);
}

/** The folder that a result is named after: an adapter file stands for its folder. */
function subject(path: string): string {
  const plain = path.split("::")[0]?.replace(/\/+$/, "") ?? "";
  return /\.(safetensors|bin|pt|pth|json)$/.test(plain) && plain.includes("/") ? parentOf(plain) : plain;
}

/** `{adapter}-merged` beside the adapter; what came from a cache goes to the first allowed folder. */
export function proposeOutput(from: string, ending: string, root: string | undefined): string | undefined {
  const path = subject(from.trim());
  if (!path || path === "/") return undefined;
  const name = `${baseName(path).replace(/@.*$/, "")}-${ending}`;
  const inCache = /\/(models--[^/]+\/snapshots|\.cache\/modelscope)\//.test(`${path}/`);
  if (isPath(path) && !inCache) return join(parentOf(path) || ".", name);
  if (!root) return undefined;
  const repository = /\/models--(?:.*--)?([^/]+)\/snapshots\//.exec(path)?.[1];
  return join(root, repository ? `${repository}-${ending}` : name);
}

/** The next free-sounding name: `x` → `x-2` → `x-3`. */
export function nextName(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const counted = /^(.*)-(\d{1,3})$/.exec(trimmed);
  return counted ? `${counted[1]}-${Number(counted[2]) + 1}` : `${trimmed}-2`;
}
