import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { PREFIX } from "@/api/client";
import type { Job } from "@/api/types";
import { putJob } from "./jobsApi";

const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;
/** A browser has few connections to one server; a tab that nobody looks at gives its own back. */
const HIDDEN_MS = 20_000;
const SETTLE_MS = 400;

/** Keeps the lists of jobs up to date while a page shows them. False while the stream is down. */
export function useJobsFeed(): boolean {
  const cache = useQueryClient();
  const [live, setLive] = useState(true);
  useEffect(() => {
    let source: EventSource | null = null;
    let timer: number | undefined;
    let hidden: number | undefined;
    let refresh: number | undefined;
    let failures = 0;
    const reload = () => {
      window.clearTimeout(refresh);
      refresh = window.setTimeout(() => void cache.invalidateQueries({ queryKey: ["jobs"] }), SETTLE_MS);
    };
    const stop = () => {
      source?.close();
      source = null;
      window.clearTimeout(timer);
    };
    const start = () => {
      stop();
      source = new EventSource(`${PREFIX}/events`);
      source.onopen = () => {
        setLive(true);
        // What changed while nobody listened.
        if (failures > 0) reload();
        failures = 0;
      };
      source.onerror = () => {
        stop();
        setLive(false);
        timer = window.setTimeout(start, BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)]);
        failures += 1;
      };
      source.addEventListener("job", (event: MessageEvent<string>) => {
        if (putJob(cache, JSON.parse(event.data) as Job)) reload();
      });
      source.addEventListener("removed", reload);
    };
    const look = () => {
      window.clearTimeout(hidden);
      if (document.hidden) {
        hidden = window.setTimeout(stop, HIDDEN_MS);
      } else if (!source) {
        failures += 1;
        start();
      }
    };
    const online = () => {
      if (!source) start();
    };
    start();
    document.addEventListener("visibilitychange", look);
    window.addEventListener("online", online);
    return () => {
      stop();
      window.clearTimeout(hidden);
      window.clearTimeout(refresh);
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("online", online);
    };
  }, [cache]);
  return live;
}
