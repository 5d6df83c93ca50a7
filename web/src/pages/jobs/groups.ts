import type { State } from "../shared/jobs";

/** States that people ask for together. */
export const GROUPS = {
  all: [],
  active: ["planning", "running", "verifying"],
  queued: ["queued"],
  done: ["done", "partial"],
  failed: ["failed"],
  stopped: ["interrupted", "cancelled"],
} as const satisfies Record<string, readonly State[]>;

export type Group = keyof typeof GROUPS;
export const GROUP_NAMES = Object.keys(GROUPS) as Group[];

export function groupOf(text: string | null): Group {
  return GROUP_NAMES.find((name) => name === text) ?? "all";
}

/** As the server is asked; nothing for all. */
export function statesOf(group: Group): string | undefined {
  return GROUPS[group].length === 0 ? undefined : GROUPS[group].join(",");
}

export function countOf(group: Group, counts: Record<string, number>): number {
  const states: readonly string[] = GROUPS[group];
  return Object.entries(counts).reduce(
    (sum, [state, n]) => (group === "all" || states.includes(state) ? sum + n : sum),
    0,
  );
}
