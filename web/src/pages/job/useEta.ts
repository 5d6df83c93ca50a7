import { useEffect, useState } from "react";
import type { Job } from "@/api/types";
import { type EtaState, type EtaText, etaText, nextEta, startEta } from "./eta";

/** The time of the end as it stands on the screen; null when the job is not at work. */
export function useEta(
  job: Pick<Job, "eta_seconds" | "done_bytes" | "stage" | "id" | "attempt">,
  active: boolean,
): EtaText | null {
  const run = `${job.id} ${job.attempt}`;
  const [kept, setKept] = useState<{ run: string; eta: EtaState }>(() => ({
    run,
    eta: startEta(Date.now()),
  }));
  const left = job.eta_seconds ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each report of progress is a sample, also with equal numbers.
  useEffect(() => {
    if (!active) return;
    const now = Date.now();
    setKept((old) => {
      const eta = old.run === run ? old.eta : startEta(now);
      return { run, eta: nextEta(eta, { now, left }) };
    });
  }, [run, active, left, job.done_bytes, job.stage]);
  return active ? etaText(kept.eta, Date.now()) : null;
}
