import { useSyncExternalStore } from "react";

/** Whether the server answers. */
export type Connection = "up" | "lost";

let state: Connection = "up";
const watchers = new Set<() => void>();

export const connection = {
  get: () => state,
  set(next: Connection) {
    if (next === state) return;
    state = next;
    for (const watcher of watchers) watcher();
  },
  subscribe(watcher: () => void) {
    watchers.add(watcher);
    return () => {
      watchers.delete(watcher);
    };
  },
};

export function useConnection(): Connection {
  return useSyncExternalStore(connection.subscribe, connection.get);
}
