import { useDebouncedValue } from "@mantine/hooks";
import { usePreflight } from "@/api/hooks";
import type { Fields, Preflight } from "@/api/types";
import { type Missing, missing, type Task } from "./form";

const TYPING_MS = 300;

export type Verdict = "missing" | "checking" | "unreachable" | "refused" | "warned" | "fits";

export interface Check {
  verdict: Verdict;
  missing: Missing[];
  /** The last answer; it may belong to the request before this one while `verdict` is `checking`. */
  preflight: Preflight | null;
  error: Error | null;
}

/** What the server says of the request, asked again after each change. */
export function usePlan(task: Task, fields: Fields): Check {
  const text = JSON.stringify(fields);
  const [settled] = useDebouncedValue(text, TYPING_MS);
  const absent = missing(task, fields);
  const ready = absent.length === 0 && settled === text;
  const query = usePreflight(ready ? fields : null);
  const preflight = query.data ?? null;
  const verdict = (): Verdict => {
    if (absent.length > 0) return "missing";
    if (!ready || query.isPending || query.isPlaceholderData) return "checking";
    if (query.error || !preflight) return "unreachable";
    if (!preflight.fits) return "refused";
    return preflight.warnings.length > 0 ? "warned" : "fits";
  };
  return {
    verdict: verdict(),
    missing: absent,
    preflight: absent.length > 0 ? null : preflight,
    error: query.error,
  };
}
