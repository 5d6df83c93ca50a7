import { useEffect, useState } from "react";

/** Now, once a second while it matters. */
export function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** Seconds between start and end, or until now; null before the start. */
export function secondsOf(
  job: { started?: string | null; ended?: string | null },
  now: number,
): number | null {
  if (!job.started) return null;
  const end = job.ended ? new Date(job.ended).getTime() : now;
  return Math.max(0, (end - new Date(job.started).getTime()) / 1000);
}
