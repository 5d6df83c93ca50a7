import { describe, expect, it } from "vitest";
import { coarse, type EtaState, etaText, nextEta, startEta } from "./eta";

function run(samples: [number, number | null][], start = 0): EtaState {
  return samples.reduce((state, [now, left]) => nextEta(state, { now, left }), startEta(start));
}

describe("the time of the end", () => {
  it("is not guessed in the first seconds", () => {
    const state = run([
      [1_000, 90],
      [4_000, 80],
    ]);
    expect(etaText(state, 4_000)).toEqual({ kind: "estimating" });
  });

  it("stays where it is while estimates wobble", () => {
    let state = run([
      [1_000, 100],
      [6_000, 95],
    ]);
    const shown = state.shown;
    expect(shown).not.toBeNull();
    for (let now = 7_000; now < 60_000; now += 500) {
      const wobble = now % 1000 === 0 ? 6 : -6;
      state = nextEta(state, { now, left: (101_000 - now) / 1000 + wobble });
      expect(state.shown).toBe(shown);
    }
  });

  it("moves when the job really slows down", () => {
    let state = run([
      [1_000, 100],
      [6_000, 95],
    ]);
    const shown = state.shown ?? 0;
    for (let now = 7_000; now < 30_000; now += 500) state = nextEta(state, { now, left: 300 });
    expect(state.shown ?? 0).toBeGreaterThan(shown + 60_000);
  });

  it("does not stay in the past", () => {
    let state = run([
      [0, 6],
      [6_000, 1],
    ]);
    for (let now = 7_000; now <= 12_000; now += 500) state = nextEta(state, { now, left: 20 });
    expect(state.shown ?? 0).toBeGreaterThan(12_000);
  });

  it("ignores what is no number", () => {
    const state = run([
      [6_000, null],
      [7_000, Number.NaN],
      [8_000, -1],
    ]);
    expect(etaText(state, 8_000)).toEqual({ kind: "estimating" });
  });
});

describe("its words", () => {
  it("are a clock time and a round number", () => {
    const now = new Date("2026-03-01T10:00:00").getTime();
    const state = { since: now - 60_000, smooth: now + 127_000, shown: now + 127_000 };
    expect(etaText(state, now)).toEqual({ kind: "at", end: now + 127_000, left: 130, otherDay: false });
    expect(etaText({ ...state, shown: now + 2_000 }, now)).toEqual({ kind: "soon" });
    expect(etaText({ ...state, shown: now + 20 * 3600_000 }, now)).toMatchObject({ otherDay: true });
  });

  it("become rounder with distance", () => {
    expect(coarse(7)).toBe(5);
    expect(coarse(58)).toBe(60);
    expect(coarse(127)).toBe(130);
    expect(coarse(1000)).toBe(1020);
    expect(coarse(7_300)).toBe(7_200);
  });
});
