import { describe, expect, it } from "vitest";
import type { Job } from "@/api/types";
import { applyEvent } from "./applyEvent";

const job = {
  id: "a",
  stage: "run",
  done_bytes: 100,
  total_bytes: 400,
  tensor: "x",
  stages: [{ name: "run", done_bytes: 100, total_bytes: 400 }],
} as unknown as Job;
const at = { id: 1, t: "" };

describe("a job between two answers", () => {
  it("goes forward and never back", () => {
    const next = applyEvent(job, { ...at, type: "progress", done_bytes: 150, tensor: "y" });
    expect(next).toMatchObject({ done_bytes: 150, tensor: "y", stages: [{ done_bytes: 150 }] });
    expect(applyEvent(next, { ...at, type: "progress", done_bytes: 120, tensor: "z" })).toBe(next);
  });

  it("begins a stage at nothing", () => {
    const next = applyEvent(job, { ...at, type: "stage", stage: "verify", total_bytes: 500 });
    expect(next).toMatchObject({ stage: "verify", done_bytes: 0, total_bytes: 500, tensor: null });
    expect(applyEvent(job, { ...at, type: "stage", stage: "run", total_bytes: 400 })).toBe(job);
  });
});
