import { afterEach, describe, expect, it, vi } from "vitest";
import { takeToken } from "@/api/login";
import { safeNext } from "@/pages/login";
import { formatAgo, formatBytes, formatDuration } from "./format";
import { baseName, droppedPath, join, parentOf } from "./paths";
import { recents, remember } from "./recents";

describe("formats", () => {
  it("count bytes in powers of ten", () => {
    expect([0, 999, 1000, 26_600_000, 15_200_000_000].map((n) => formatBytes(n, "en"))).toEqual([
      "0 B",
      "999 B",
      "1 kB",
      "26.6 MB",
      "15.2 GB",
    ]);
    expect(formatBytes(999_999, "en")).toBe("1 MB");
  });

  it("tell durations by their two largest units, in both languages", () => {
    expect([0.2, 59, 130, 3600, 90_061].map((s) => formatDuration(s, "en"))).toEqual([
      "under 1 s",
      "59 s",
      "2 min 10 s",
      "1 h",
      "1 d 1 h",
    ]);
    expect(formatDuration(130, "zh")).toBe("2 分 10 秒");
    expect(formatAgo("2026-01-01T00:00:00Z", "en", Date.parse("2026-01-01T00:03:00Z"))).toBe("3 minutes ago");
  });
});

describe("paths", () => {
  it("are taken apart and put together", () => {
    expect([baseName("/a/b/"), parentOf("/a/b/"), parentOf("/a"), parentOf("a"), join("/", "x")]).toEqual([
      "b",
      "/a",
      "/",
      "",
      "/x",
    ]);
  });

  it("are read from what is dropped", () => {
    const drop = (types: Record<string, string>) =>
      droppedPath({ getData: (type: string) => types[type] ?? "" });
    expect(drop({ "text/uri-list": "# x\r\nfile:///a/b%20c" })).toBe("/a/b c");
    expect(drop({ "text/plain": " /a/b \n" })).toBe("/a/b");
    expect(drop({})).toBeNull();
  });

  it("used lately come first, each once", () => {
    remember("model", "/a");
    remember("model", "/b");
    remember("model", "/a");
    expect(recents("model")).toEqual(["/a", "/b"]);
    localStorage.setItem("weldlm-recent-model", "{broken");
    expect(recents("model")).toEqual([]);
  });
});

describe("signing in", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("takes the token out of the address", () => {
    window.history.replaceState(null, "", "/merge?base=x#token=a%2Bb");
    expect(takeToken()).toBe("a+b");
    expect(window.location.href).toMatch(/\/merge\?base=x$/);
    expect(takeToken()).toBeNull();
  });

  it("comes back to pages of this server only", () => {
    expect(["/jobs?x=1", "//evil", "/\\evil", "https://evil", null].map(safeNext)).toEqual([
      "/jobs?x=1",
      "/",
      "/",
      "/",
      "/",
    ]);
  });
});
