/** Which kind of path it is: each has a list of its own. */
export type PathKind = "model" | "adapter" | "output" | "any";

const KEPT = 8;
const key = (kind: PathKind) => `weldlm-recent-${kind}`;

/** Paths used lately in this browser, the newest first. */
export function recents(kind: PathKind): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(kind)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((path) => typeof path === "string") : [];
  } catch {
    return [];
  }
}

export function remember(kind: PathKind, path: string) {
  if (!path) return;
  const list = [path, ...recents(kind).filter((other) => other !== path)].slice(0, KEPT);
  try {
    localStorage.setItem(key(kind), JSON.stringify(list));
  } catch {
    // A browser that keeps nothing has no recent paths.
  }
}
