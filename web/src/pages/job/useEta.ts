import { useEffect, useState } from "react";
import type { Job } from "@/api/types";
import { type EtaState, type EtaText, etaText, nextEta, startEta } from "./eta";

/** The time of the end as it stands on the screen; null when the job is not at work. */
export function useEta(
  job: Pick<Job, "eta_seconds" | "done_bytes" | "stage" | "id" | "attempt" | "started">,
  active: boolean,
): EtaText | null {
  const run = `${job.id} ${job.attempt}`;
  const [kept, setKept] = useState<{ run: string; eta: EtaState }>(() => ({
    run,
    eta: startEta(begin(job.started)),
  }));
  const left = job.eta_seconds ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each report of progress is a sample, also with equal numbers.
  useEffect(() => {
    if (!active) return;
    const now = Date.now();
    setKept((old) => {
      const eta = old.run === run ? old.eta : startEta(begin(job.started));
      return { run, eta: nextEta(eta, { now, left }) };
    });
  }, [run, active, left, job.started, job.done_bytes, job.stage]);
  return active ? etaText(kept.eta, Date.now()) : null;
}

/** A job that has been at work for a while needs no settling when the page is opened. */
function begin(started: string | null | undefined): number {
  const time = started ? new Date(started).getTime() : Number.NaN;
  return Number.isNaN(time) ? Date.now() : Math.min(time, Date.now());
}
