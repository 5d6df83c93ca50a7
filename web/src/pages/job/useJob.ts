import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { isActive } from "../shared/jobs";
import { jobQuery } from "../shared/jobsApi";

const ACTIVE_MS = 2_000;
const QUEUED_MS = 3_000;
const ENDED_MS = 30_000;

/**
 * A job, asked for again and again. An interval of its own, since that of the query would begin anew with every line of
 * progress that is put into it, and never end.
 */
export function useJob(id: string) {
  const query = useQuery(jobQuery(id));
  const { refetch } = query;
  const state = query.data?.state;
  const every =
    state === undefined ? null : isActive(state) ? ACTIVE_MS : state === "queued" ? QUEUED_MS : ENDED_MS;
  useEffect(() => {
    if (every === null) return;
    const timer = setInterval(() => {
      if (!document.hidden) void refetch({ cancelRefetch: false });
    }, every);
    return () => clearInterval(timer);
  }, [every, refetch]);
  return query;
}
