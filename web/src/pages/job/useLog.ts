import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { call, client, PREFIX } from "@/api/client";
import { Feed, type FeedState, type Page } from "./feed";
import { EMPTY, type EventLine, type LogFilter, logReducer, matches } from "./log";

const PAGE = 400;
/** Lines are put on the screen at most so often. */
const FLUSH_MS = 200;
const HIDDEN_MS = 20_000;

type Query = {
  after?: number;
  before?: number;
  tail?: number;
  limit?: number;
  level?: string;
  q?: string;
  progress?: number;
};

async function ask(id: string, query: Query): Promise<Page> {
  const page = await call(client.GET("/jobs/{id}/events", { params: { path: { id }, query } }));
  return {
    events: page.events as unknown as EventLine[],
    next: page.next ?? query.after ?? 0,
    // Before the first line there is nothing.
    previous: page.previous || null,
    end: page.end,
  };
}

function filtered({ level, text }: LogFilter): Query {
  return { progress: 0, ...(level === "debug" ? {} : { level }), ...(text === "" ? {} : { q: text }) };
}

export interface Log {
  lines: EventLine[];
  feed: FeedState;
  loading: boolean;
  failed: boolean;
  hasOlder: boolean;
  detached: boolean;
  unseen: number;
  loadOlder: () => void;
  toEnd: () => void;
  retry: () => void;
}

export interface LogOptions {
  id: string;
  /** A job that runs again writes on in the same file, so a stream that has ended is opened again. */
  ended: boolean;
  filter: LogFilter;
  following: boolean;
  /** Sees every line of the stream, filtered or not. */
  onLine: (line: EventLine) => void;
}

export function useLog({ id, ended, filter, following, onLine }: LogOptions): Log {
  const [state, dispatch] = useReducer(logReducer, EMPTY);
  const [feed, setFeed] = useState<FeedState>("connecting");
  const [loading, setLoading] = useState(true);
  const [failed, setFailed] = useState(false);
  const [round, setRound] = useState(0);
  const { level, text } = filter;
  const latest = useRef({ following, onLine, ended });
  const stream = useRef<Feed | null>(null);
  const busy = useRef(false);
  useEffect(() => {
    if (latest.current.ended && !ended) setRound((n) => n + 1);
    latest.current = { following, onLine, ended };
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round starts over on purpose.
  useEffect(() => {
    const query = { level, text };
    let over = false;
    let pending: EventLine[] = [];
    let cursor = 0;
    let flush: number | undefined;
    const show = () => {
      flush = undefined;
      const lines = pending.filter((line) => matches(line, query));
      pending = [];
      dispatch({ type: "append", lines, cursor, following: latest.current.following });
    };
    const begin = async () => {
      setLoading(true);
      try {
        const page = await ask(id, { tail: 1, limit: PAGE, ...filtered(query) });
        if (over) return;
        cursor = page.next;
        dispatch({ type: "reset", lines: page.events, cursor, older: page.previous });
        setFailed(false);
        if (page.end && latest.current.ended) {
          setFeed("ended");
          return;
        }
        setFeed("connecting");
        stream.current = new Feed({
          after: page.next,
          open: (after) => new EventSource(`${PREFIX}/jobs/${encodeURIComponent(id)}/events?after=${after}`),
          poll: (after) => ask(id, { after, limit: 2_000 }),
          onLines: (lines, at) => {
            for (const line of lines) latest.current.onLine(line);
            pending.push(...lines);
            cursor = at;
            flush ??= window.setTimeout(show, FLUSH_MS);
          },
          onState: setFeed,
          onRestart: () => setRound((n) => n + 1),
        });
      } catch {
        if (over) return;
        setFailed(true);
        setFeed("offline");
        flush = window.setTimeout(() => setRound((n) => n + 1), 5_000);
      } finally {
        if (!over) setLoading(false);
      }
    };
    void begin();
    return () => {
      over = true;
      window.clearTimeout(flush);
      stream.current?.close();
      stream.current = null;
    };
  }, [id, level, text, round]);

  useEffect(() => {
    let hidden: number | undefined;
    let away = false;
    const look = () => {
      window.clearTimeout(hidden);
      if (document.hidden) {
        hidden = window.setTimeout(() => {
          away = true;
          stream.current?.close();
        }, HIDDEN_MS);
      } else if (away) {
        away = false;
        setRound((n) => n + 1);
      }
    };
    const online = () => stream.current?.retry();
    document.addEventListener("visibilitychange", look);
    window.addEventListener("online", online);
    return () => {
      window.clearTimeout(hidden);
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("online", online);
    };
  }, []);

  const { older } = state;
  const loadOlder = useCallback(() => {
    if (busy.current || older === null) return;
    busy.current = true;
    ask(id, { before: older, limit: PAGE, ...filtered({ level, text }) })
      .then((page) => dispatch({ type: "prepend", lines: page.events, older: page.previous }))
      .catch(() => undefined)
      .finally(() => {
        busy.current = false;
      });
  }, [id, older, level, text]);

  const { detached } = state;
  const toEnd = useCallback(() => {
    if (detached) setRound((n) => n + 1);
    else dispatch({ type: "seen" });
  }, [detached]);

  return {
    lines: state.lines,
    feed,
    loading,
    failed,
    hasOlder: older !== null,
    detached,
    unseen: state.unseen,
    loadOlder,
    toEnd,
    retry: useCallback(() => {
      if (failed) setRound((n) => n + 1);
      else stream.current?.retry();
    }, [failed]),
  };
}
