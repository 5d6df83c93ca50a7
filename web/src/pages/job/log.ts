/**
 * The lines of a job's log that the page holds: ordered by their id (a byte offset), each once, and never more than
 * `CAPACITY`, so that a long log costs what a short one does.
 */

export type Level = "debug" | "info" | "warn" | "error";
export const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

/** A line of events.jsonl with its id. */
export interface EventLine {
  id: number;
  t: string;
  type: string;
  [key: string]: unknown;
}

export interface LogState {
  lines: EventLine[];
  /** Everything up to this offset was seen; streams go on after it. */
  cursor: number;
  /** Offset before which older lines can be asked for; null when there are none. */
  older: number | null;
  /** The newest lines were let go while the reader looked at old ones. */
  detached: boolean;
  /** Lines that came in while detached or while not following. */
  unseen: number;
}

export const CAPACITY = 6_000;

export const EMPTY: LogState = { lines: [], cursor: 0, older: null, detached: false, unseen: 0 };

export type LogAction =
  | { type: "reset"; lines: EventLine[]; cursor: number; older: number | null }
  | { type: "append"; lines: EventLine[]; cursor: number; following: boolean }
  | { type: "prepend"; lines: EventLine[]; older: number | null }
  | { type: "seen" };

export function logReducer(state: LogState, action: LogAction): LogState {
  switch (action.type) {
    case "reset":
      return { ...EMPTY, lines: ordered(action.lines), cursor: action.cursor, older: action.older };
    case "append":
      return append(state, action.lines, action.cursor, action.following);
    case "prepend":
      return prepend(state, action.lines, action.older);
    case "seen":
      return state.unseen === 0 ? state : { ...state, unseen: 0 };
  }
}

function append(state: LogState, incoming: EventLine[], cursor: number, following: boolean): LogState {
  const fresh = ordered(incoming.filter((line) => line.id > state.cursor));
  const next = Math.max(state.cursor, cursor);
  const unseen = following ? 0 : state.unseen + fresh.length;
  if (fresh.length === 0) return next === state.cursor ? state : { ...state, cursor: next };
  if (state.detached) return { ...state, cursor: next, unseen };
  const lines = [...state.lines, ...fresh];
  if (lines.length <= CAPACITY) return { ...state, lines, cursor: next, unseen };
  if (!following) {
    // The reader is looking at what would be dropped at the head; let the tail wait on the server instead.
    return { ...state, lines: lines.slice(0, CAPACITY), detached: true, cursor: next, unseen };
  }
  const kept = lines.slice(lines.length - CAPACITY);
  return { ...state, lines: kept, older: kept[0]?.id ?? state.older, cursor: next, unseen };
}

function prepend(state: LogState, incoming: EventLine[], older: number | null): LogState {
  const first = state.lines[0]?.id ?? Number.POSITIVE_INFINITY;
  const fresh = ordered(incoming.filter((line) => line.id < first));
  if (fresh.length === 0) return { ...state, older };
  const lines = [...fresh, ...state.lines];
  if (lines.length <= CAPACITY) return { ...state, lines, older };
  return { ...state, lines: lines.slice(0, CAPACITY), older, detached: true };
}

/** By id, each once. */
function ordered(lines: EventLine[]): EventLine[] {
  const sorted = isSorted(lines) ? lines : [...lines].sort((a, b) => a.id - b.id);
  return sorted.filter((line, i) => i === 0 || line.id !== sorted[i - 1]?.id);
}

function isSorted(lines: EventLine[]): boolean {
  return lines.every((line, i) => i === 0 || (lines[i - 1]?.id ?? 0) < line.id);
}

/** How loud a line is. */
export function levelOf(line: EventLine): Level {
  switch (line.type) {
    case "log":
      return LEVELS.find((level) => level === line.level) ?? "info";
    case "tensor":
    case "progress":
      return "debug";
    case "warning":
      return "warn";
    case "end":
    case "state":
      return line.state === "failed" ? "error" : line.state === "partial" ? "warn" : "info";
    default:
      return "info";
  }
}

export interface LogFilter {
  level: Level;
  text: string;
}

/** The server filters what is asked for; this filters what the stream brings. */
export function matches(line: EventLine, filter: LogFilter): boolean {
  if (line.type === "progress") return false;
  if (LEVELS.indexOf(levelOf(line)) < LEVELS.indexOf(filter.level)) return false;
  if (filter.text === "") return true;
  const { id: _, ...rest } = line;
  return JSON.stringify(rest).toLowerCase().includes(filter.text.toLowerCase());
}
