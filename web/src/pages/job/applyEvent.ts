import type { Job } from "@/api/types";
import { STAGES } from "../shared/stages";
import type { EventLine } from "./log";

/** Moves a job forward by one line of its log, between two answers of the server. Never backwards. */
export function applyEvent(job: Job, line: EventLine): Job {
  if (line.type === "progress" && typeof line.done_bytes === "number") {
    if (line.done_bytes < job.done_bytes) return job;
    const tensor = typeof line.tensor === "string" ? line.tensor : job.tensor;
    const stages = job.stages.map((s) =>
      s.name === job.stage ? { ...s, done_bytes: line.done_bytes as number } : s,
    );
    return { ...job, done_bytes: line.done_bytes, tensor, stages };
  }
  const stage = line.type === "stage" ? STAGES.find((name) => name === line.stage) : undefined;
  if (stage !== undefined && stage !== job.stage) {
    const total = typeof line.total_bytes === "number" ? line.total_bytes : 0;
    return { ...job, stage, done_bytes: 0, total_bytes: total, tensor: null };
  }
  return job;
}

/** Whether the server has more to say after this line than the line itself. */
export function isTurn(line: EventLine): boolean {
  return line.type === "state" || line.type === "stage" || line.type === "end" || line.type === "warning";
}
