import { describe, expect, it } from "vitest";
import { demoIn, foldersToLookIn } from "../home/demo";
import { short } from "../inspect/weightFacts";
import { snippet } from "../job/snippets";
import { countOf, groupOf, statesOf } from "../jobs/groups";
import { moved } from "../jobs/moved";
import { secondsOf } from "./duration";
import { withParams } from "./links";
import { sortRows, turned } from "./sortRows";
import { stageOf } from "./stages";
import { atEnd, windowOf } from "./window";

describe("the rows in view", () => {
  it("are those on the screen and a few more", () => {
    const view = windowOf({ top: 2200, height: 220, count: 10_000, row: 22, overscan: 5 });
    expect(view).toEqual({ start: 95, end: 115, before: 95 * 22, after: (10_000 - 115) * 22 });
  });

  it("never leave the list", () => {
    expect(windowOf({ top: -50, height: 100, count: 3, row: 20 })).toMatchObject({
      start: 0,
      end: 3,
      after: 0,
    });
    expect(windowOf({ top: 9_000, height: 100, count: 3, row: 20 })).toMatchObject({ start: 0, end: 3 });
    expect(windowOf({ top: 0, height: 0, count: 0, row: 20 })).toMatchObject({ start: 0, end: 0, before: 0 });
  });

  it("are at the end within a pixel or so", () => {
    expect(atEnd(99.5, 100, 200)).toBe(true);
    expect(atEnd(60, 100, 200)).toBe(false);
  });
});

describe("sorting", () => {
  it("puts what has no value last, whichever way", () => {
    const rows = [{ v: 1 }, { v: null }, { v: 3 }];
    expect(sortRows(rows, (r) => r.v, true).map((r) => r.v)).toEqual([3, 1, null]);
    expect(sortRows(rows, (r) => r.v, false).map((r) => r.v)).toEqual([1, 3, null]);
    expect(sortRows(["l.10", "l.9"], (r) => r, false)).toEqual(["l.9", "l.10"]);
  });

  it("turns and then stops", () => {
    const first = turned(null, "a", true);
    expect(first).toEqual({ key: "a", down: true });
    expect(turned(first, "a", true)).toEqual({ key: "a", down: false });
    expect(turned({ key: "a", down: false }, "a", true)).toBeNull();
    expect(turned(first, "b", false)).toEqual({ key: "b", down: false });
  });
});

describe("jobs", () => {
  it("are filtered by groups of states", () => {
    expect(groupOf("nonsense")).toBe("all");
    expect(statesOf("all")).toBeUndefined();
    expect(statesOf("done")).toBe("done,partial");
    expect(countOf("done", { done: 2, partial: 1, failed: 4 })).toBe(3);
    expect(countOf("all", { done: 2, failed: 4 })).toBe(6);
  });

  it("are moved before a neighbour, or to the end", () => {
    const jobs = [{ id: "a" }, { id: "b" }, { id: "c" }];
    expect(moved(jobs, 1, -1)).toBe("a");
    expect(moved(jobs, 0, 1)).toBe("c");
    expect(moved(jobs, 1, 1)).toBeNull();
  });

  it("took the time from start to end", () => {
    expect(secondsOf({ started: null }, 0)).toBeNull();
    const times = { started: "2026-01-01T00:00:00Z", ended: "2026-01-01T00:01:30Z" };
    expect(secondsOf(times, 0)).toBe(90);
  });
});

describe("commands", () => {
  const used = { output: "/m/my model", base: "/m/base", adapters: ["/m/a", "/m/b"] };
  it("quote paths for their language", () => {
    expect(snippet("vllm", used)).toBe("vllm serve '/m/my model'");
    expect(snippet("transformers", used)).toContain('path = "/m/my model"');
    expect(snippet("verify", used)).toBe(
      "weldlm verify '/m/my model' --base /m/base --adapter /m/a --adapter /m/b",
    );
    expect(snippet("llamacpp", used)).toContain("--outfile '/m/my model.gguf'");
  });
});

describe("small things", () => {
  it("name sizes of models as people do", () => {
    expect(short(134_515_008)).toBe("135 M");
    expect(short(7_615_616_512)).toBe("7.62 B");
    expect(short(12)).toBe("12");
  });

  it("find the demo", () => {
    const dir = (name: string) => ({
      name,
      path: `/d/${name}`,
      kind: "dir" as const,
      bytes: null,
      modified: null,
      looks: null,
    });
    expect(demoIn([dir("base"), dir("adapter")])).toEqual({ base: "/d/base", adapter: "/d/adapter" });
    expect(demoIn([dir("base")])).toBeNull();
    expect(foldersToLookIn([dir("demo"), dir("src"), dir("demo-2")])).toEqual(["/d/demo", "/d/demo-2"]);
  });

  it("put only what is there into addresses", () => {
    expect(withParams("/diff", { a: "/x y", b: "" })).toBe("/diff?a=%2Fx+y");
    expect(withParams("/diff", {})).toBe("/diff");
  });
});

describe("the stage of a job", () => {
  it("is the one at work, or the last one reached", () => {
    const stages = [{ name: "plan" }, { name: "run" }];
    expect(stageOf({ stage: "plan", stages })).toBe(0);
    expect(stageOf({ stage: null, stages })).toBe(1);
    expect(stageOf({ stage: null, stages: [] })).toBe(-1);
  });
});
