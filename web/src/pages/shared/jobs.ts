/** Order and meaning of the states of a job. */

export const STATES = [
  "queued",
  "planning",
  "running",
  "verifying",
  "done",
  "partial",
  "failed",
  "cancelled",
  "interrupted",
] as const;
export type State = (typeof STATES)[number];

const ACTIVE: ReadonlySet<string> = new Set(["planning", "running", "verifying"]);

export function isActive(state: string): boolean {
  return ACTIVE.has(state);
}

export function isEnded(state: string): boolean {
  return !ACTIVE.has(state) && state !== "queued";
}

export function hasResult(state: string): boolean {
  return state === "done" || state === "partial";
}
