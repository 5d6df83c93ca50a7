import { describe, expect, it } from "vitest";
import { CAPACITY, EMPTY, type EventLine, type LogState, levelOf, logReducer, matches } from "./log";

const line = (id: number, extra: Partial<EventLine> = {}): EventLine => ({
  id,
  t: "2026-01-01T00:00:00.000Z",
  type: "log",
  level: "info",
  text: `line ${id}`,
  ...extra,
});
const lines = (from: number, count: number) => Array.from({ length: count }, (_, i) => line(from + i));
const ids = (state: LogState) => state.lines.map((l) => l.id);
const loaded = (from: number, count: number) =>
  logReducer(EMPTY, { type: "reset", lines: lines(from, count), cursor: from + count - 1, older: from - 1 });

describe("the lines of a log", () => {
  it("come once, however often they are sent", () => {
    let state = loaded(10, 3);
    state = logReducer(state, { type: "append", lines: lines(11, 4), cursor: 14, following: true });
    state = logReducer(state, { type: "append", lines: lines(12, 3), cursor: 14, following: true });
    expect(ids(state)).toEqual([10, 11, 12, 13, 14]);
    expect(state.cursor).toBe(14);
  });

  it("are ordered by their id", () => {
    const mixed = [line(7), line(5), line(6), line(5)];
    const state = logReducer(EMPTY, { type: "append", lines: mixed, cursor: 7, following: true });
    expect(ids(state)).toEqual([5, 6, 7]);
  });

  it("go on after a gap where the cursor stood, also when the filter let nothing through", () => {
    let state = loaded(1, 2);
    state = logReducer(state, { type: "append", lines: [], cursor: 50, following: true });
    expect(state.cursor).toBe(50);
    state = logReducer(state, { type: "append", lines: lines(40, 20), cursor: 59, following: true });
    expect(ids(state)).toEqual([1, 2, ...lines(51, 9).map((l) => l.id)]);
  });

  it("are counted while nobody follows", () => {
    let state = loaded(1, 2);
    state = logReducer(state, { type: "append", lines: lines(3, 5), cursor: 7, following: false });
    expect(state.unseen).toBe(5);
    state = logReducer(state, { type: "seen" });
    expect(state.unseen).toBe(0);
  });

  it("get older ones in front, without those that are there", () => {
    let state = loaded(10, 3);
    state = logReducer(state, { type: "prepend", lines: lines(6, 6), older: 5 });
    expect(ids(state)).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(state.older).toBe(5);
  });
});

describe("the window of a log", () => {
  it("lets the oldest go while following, and can ask for them again", () => {
    let state = loaded(1, CAPACITY);
    state = logReducer(state, {
      type: "append",
      lines: lines(CAPACITY + 1, 100),
      cursor: CAPACITY + 100,
      following: true,
    });
    expect(state.lines).toHaveLength(CAPACITY);
    expect(state.lines[0]?.id).toBe(101);
    expect(state.older).toBe(101);
    expect(state.detached).toBe(false);
  });

  it("lets the newest go while the reader looks at old ones", () => {
    let state = loaded(1000, CAPACITY);
    state = logReducer(state, { type: "prepend", lines: lines(900, 100), older: 899 });
    expect(state.lines).toHaveLength(CAPACITY);
    expect(state.lines[0]?.id).toBe(900);
    expect(state.detached).toBe(true);
    const before = state.lines;
    const next = CAPACITY + 1000;
    state = logReducer(state, { type: "append", lines: lines(next, 3), cursor: next + 2, following: false });
    expect(state.lines).toBe(before);
    expect(state.unseen).toBe(3);
    expect(state.cursor).toBe(next + 2);
  });

  it("does not move under a reader when it is full", () => {
    let state = loaded(1, CAPACITY);
    state = logReducer(state, {
      type: "append",
      lines: lines(CAPACITY + 1, 10),
      cursor: CAPACITY + 10,
      following: false,
    });
    expect(state.lines[0]?.id).toBe(1);
    expect(state.detached).toBe(true);
  });
});

describe("levels and words", () => {
  it("are told by the kind of a line", () => {
    expect(levelOf(line(1, { level: "error" }))).toBe("error");
    expect(levelOf(line(1, { level: "loud" }))).toBe("info");
    expect(levelOf(line(1, { type: "tensor" }))).toBe("debug");
    expect(levelOf(line(1, { type: "warning" }))).toBe("warn");
    expect(levelOf(line(1, { type: "end", state: "failed" }))).toBe("error");
  });

  it("are filtered as the server does", () => {
    const all = { level: "debug", text: "" } as const;
    expect(matches(line(1, { type: "progress" }), all)).toBe(false);
    expect(matches(line(1, { type: "tensor" }), { level: "info", text: "" })).toBe(false);
    expect(matches(line(1, { text: "Shard DONE" }), { level: "info", text: "done" })).toBe(true);
    expect(matches(line(12345), { level: "info", text: "12345x" })).toBe(false);
  });
});
