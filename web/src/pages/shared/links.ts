import type { Fix, Job, Problem } from "@/api/types";
import { toParams } from "@/request/address";
import { applyFix } from "@/request/fixes";
import { fromFields, toFields } from "@/request/form";

/** The form of a job's task, filled with its request. */
export function formLink(job: Pick<Job, "id" | "task">): string {
  return `/${job.task}?${new URLSearchParams({ from: job.id })}`;
}

/** The same after a button of a problem was pressed. */
export function fixedLink(job: Pick<Job, "id" | "task" | "request">, fix: Fix, problem: Problem): string {
  if (!job.request) return formLink(job);
  const form = applyFix(fromFields(job.task, job.request), fix, problem);
  return `/${job.task}?${toParams(toFields(form))}`;
}

export function withParams(path: string, values: Record<string, string | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value) params.set(key, value);
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}
