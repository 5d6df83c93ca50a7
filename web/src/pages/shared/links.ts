import type { Fix, Job } from "@/api/types";

/** The form of a job's task, filled with its request, with one field changed if a fix says so. */
export function formLink(job: Pick<Job, "id" | "task">, fix?: Fix): string {
  const params = new URLSearchParams({ from: job.id });
  if (fix) params.set("set", JSON.stringify({ [fix.field]: fix.value }));
  return `/${job.task}?${params}`;
}

export function withParams(path: string, values: Record<string, string | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value) params.set(key, value);
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}
