import { useEffect, useRef } from "react";

/** `g` and one of these goes to a page. */
export const GO = {
  h: "home",
  m: "merge",
  e: "export",
  j: "jobs",
  i: "inspect",
  r: "recipes",
  s: "settings",
} as const;

function goal(key: string): string | undefined {
  const page = (GO as Record<string, string>)[key];
  return page === "home" ? "/" : page && `/${page}`;
}

const SEQUENCE_MS = 1200;

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // Into a radio button or a box nobody types.
  if (target instanceof HTMLInputElement && ["radio", "checkbox"].includes(target.type)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

interface Handlers {
  go: (path: string) => void;
  search: () => void;
  help: () => void;
}

/** The keys that work on every page. */
export function useShortcuts(handlers: Handlers) {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    let armed = 0;
    const onKey = (event: KeyboardEvent) => {
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (event.defaultPrevented || modified || event.isComposing || typing(event.target)) return;
      const path = Date.now() - armed < SEQUENCE_MS ? goal(event.key) : undefined;
      armed = event.key === "g" ? Date.now() : 0;
      if (path) latest.current.go(path);
      else if (event.key === "/") latest.current.search();
      else if (event.key === "?") latest.current.help();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** Ctrl+Enter or ⌘+Enter carries out what the page is for. */
export function useRunShortcut(run: () => void) {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
