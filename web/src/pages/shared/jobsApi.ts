import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call, client } from "@/api/client";
import type { Job, JobPage } from "@/api/types";
import type { Receipt } from "./types";

export interface JobsFilter {
  state?: string;
  q?: string;
  limit: number;
  offset: number;
}

export function jobsQuery(filter: JobsFilter) {
  const query = {
    ...(filter.state ? { state: filter.state } : {}),
    ...(filter.q ? { q: filter.q } : {}),
    limit: filter.limit,
    offset: filter.offset,
  };
  return queryOptions({
    queryKey: ["jobs", query],
    queryFn: ({ signal }) => call(client.GET("/jobs", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    // The stream brings changes; this is for when it cannot.
    refetchInterval: 20_000,
  });
}

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["job", id],
    queryFn: ({ signal }) => call(client.GET("/jobs/{id}", { params: { path: { id } }, signal })),
    retry: false,
  });
}

export function receiptQuery(id: string, attempt: number) {
  return queryOptions({
    queryKey: ["receipt", id, attempt],
    queryFn: async ({ signal }) =>
      (await call(
        client.GET("/jobs/{id}/receipt", { params: { path: { id } }, signal }),
      )) as unknown as Receipt,
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  });
}

/** Puts a job's new state into every list and page that shows it; true when no list had it in this state. */
export function putJob(cache: QueryClient, job: Job): boolean {
  let known = false;
  cache.setQueriesData<JobPage>({ queryKey: ["jobs"] }, (page) => {
    const old = page?.jobs.find((j) => j.id === job.id);
    if (!page || !old) return page;
    known = known || old.state === job.state;
    return { ...page, jobs: page.jobs.map((j) => (j.id === job.id ? { ...j, ...job } : j)) };
  });
  cache.setQueryData<Job>(["job", job.id], (old) => (old ? { ...old, ...job } : old));
  return !known;
}

export type Act = "pause" | "cancel" | "resume" | "retry";

async function act(id: string, action: Act): Promise<Job> {
  const params = { params: { path: { id } } };
  switch (action) {
    case "pause":
      return call(client.POST("/jobs/{id}/pause", params));
    case "cancel":
      return call(client.POST("/jobs/{id}/cancel", params));
    case "resume":
      return call(client.POST("/jobs/{id}/resume", params));
    case "retry":
      return call(client.POST("/jobs/{id}/retry", params));
  }
}

function useChange<V>(run: (variables: V) => Promise<unknown>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: ["jobs"] }),
        cache.invalidateQueries({ queryKey: ["job"] }),
      ]),
  });
}

export function useAct() {
  return useChange(({ id, action }: { id: string; action: Act }) => act(id, action));
}

export function useMove() {
  return useChange(({ id, before }: { id: string; before: string | null }) =>
    call(client.POST("/jobs/{id}/move", { params: { path: { id } }, body: { before } })),
  );
}

export function useDelete() {
  return useChange(({ id, output }: { id: string; output: "keep" | "delete" }) =>
    call(client.DELETE("/jobs/{id}", { params: { path: { id }, query: { output } } })),
  );
}
