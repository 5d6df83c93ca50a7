/**
 * When a job will be finished, without jumping: a new estimate is shown only when it differs noticeably from the
 * one on the screen, and nothing is shown before there is something to go by.
 */

export interface EtaState {
  /** When the job began to work, or was first seen doing so (ms). */
  since: number;
  /** Smoothed time of the end (ms); null while estimating. */
  smooth: number | null;
  /** The time of the end that is on the screen (ms). */
  shown: number | null;
}

export interface EtaSample {
  now: number;
  /** Seconds that the server expects to be left. */
  left: number | null;
}

/** Nobody can say anything sensible earlier. */
const SETTLE_MS = 5_000;
const WEIGHT = 0.2;
/** A shown time moves when it is off by this much of what is left, and by at least so many milliseconds. */
const TOLERANCE = 0.15;
const TOLERANCE_MS = 5_000;

export function startEta(now: number): EtaState {
  return { since: now, smooth: null, shown: null };
}

export function nextEta(state: EtaState, { now, left }: EtaSample): EtaState {
  if (left === null || !Number.isFinite(left) || left < 0) return state;
  const end = now + left * 1000;
  const smooth = state.smooth === null ? end : state.smooth + (end - state.smooth) * WEIGHT;
  if (now - state.since < SETTLE_MS) return { ...state, smooth };
  const off = state.shown === null ? Number.POSITIVE_INFINITY : Math.abs(smooth - state.shown);
  const remaining = Math.max(0, smooth - now);
  const late = state.shown !== null && state.shown <= now && smooth > now + 1000;
  const move = late || off > Math.max(TOLERANCE_MS, remaining * TOLERANCE);
  return { ...state, smooth, shown: move ? smooth : state.shown };
}

export type EtaText =
  | { kind: "estimating" }
  | { kind: "soon" }
  | { kind: "at"; end: number; left: number; otherDay: boolean };

/** What stands on the screen: a clock time does not tick, so nothing flickers. */
export function etaText(state: EtaState, now: number): EtaText {
  if (state.shown === null) return { kind: "estimating" };
  const left = (state.shown - now) / 1000;
  if (left < 5) return { kind: "soon" };
  const otherDay = new Date(state.shown).toDateString() !== new Date(now).toDateString();
  return { kind: "at", end: state.shown, left: coarse(left), otherDay };
}

/** Steps that a person would say: 5 s, then 10 s, then minutes. */
export function coarse(seconds: number): number {
  const step = seconds < 60 ? 5 : seconds < 300 ? 10 : seconds < 3600 ? 60 : 300;
  return Math.max(step, Math.round(seconds / step) * step);
}
