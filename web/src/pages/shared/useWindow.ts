import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type Window, windowOf } from "./window";

export interface Scroller extends Window {
  ref: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  top: number;
  height: number;
}

/** Draws only the rows that are seen. All rows are equally high, so nothing needs to be measured but the box. */
export function useWindow(count: number, row: number): Scroller {
  const ref = useRef<HTMLDivElement | null>(null);
  const [box, setBox] = useState({ top: 0, height: 480 });
  const measure = useCallback(() => {
    const element = ref.current;
    if (!element) return;
    const next = { top: element.scrollTop, height: element.clientHeight };
    setBox((old) => (old.top === next.top && old.height === next.height ? old : next));
  }, []);
  useEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [measure]);
  return { ...windowOf({ ...box, count, row }), ...box, ref, onScroll: measure };
}
