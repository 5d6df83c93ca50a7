/** The stages of a job, in their order. */
export const STAGES = ["plan", "run", "verify", "publish"] as const;
export type StageName = (typeof STAGES)[number];

export function stageIndex(name: string | null | undefined): number {
  return (STAGES as readonly (string | null | undefined)[]).indexOf(name);
}

/** The stage that a job is in; of one that has ended, the last that it came to. */
export function stageOf(job: { stage?: string | null; stages: readonly { name: string }[] }): number {
  const now = stageIndex(job.stage);
  return now >= 0 ? now : Math.max(-1, ...job.stages.map((stage) => stageIndex(stage.name)));
}
