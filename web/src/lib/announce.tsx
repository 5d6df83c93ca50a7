import { VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";

let say: ((text: string) => void) | null = null;

/** Tells people who listen to the page; for changes of state, not for every line. */
export function announce(text: string) {
  say?.(text);
}

export function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => {
    say = setText;
    return () => {
      say = null;
    };
  }, []);
  return (
    <VisuallyHidden aria-live="polite" role="status">
      {text}
    </VisuallyHidden>
  );
}
