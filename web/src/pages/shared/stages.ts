/** The stages of a job, in their order. */
export const STAGES = ["plan", "run", "verify", "publish"] as const;
export type StageName = (typeof STAGES)[number];

export function stageIndex(name: string | null | undefined): number {
  return (STAGES as readonly (string | null | undefined)[]).indexOf(name);
}
