import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en.json";
import zh from "./zh.json";

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (typeof value === "string") flat.set(path, value);
    else for (const [inner, text] of flatten(value, path)) flat.set(inner, text);
  }
  return flat;
}

/** Chinese has one plural form, English two. */
const stem = (key: string) => key.replace(/_(one|other)$/, "");
const english = flatten(en);
const chinese = flatten(zh);
const placeholders = (text: string) => [...text.matchAll(/{{\s*(\w+)/g)].map((m) => m[1]).sort();

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.|\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

describe("the two languages", () => {
  it("have the same keys", () => {
    const keys = (flat: Map<string, string>) => [...new Set([...flat.keys()].map(stem))].sort();
    expect(keys(chinese)).toEqual(keys(english));
  });

  it("fill the same placeholders", () => {
    for (const [key, text] of chinese) {
      const other = english.get(key) ?? english.get(`${stem(key)}_other`);
      expect(placeholders(text), key).toEqual(placeholders(other ?? ""));
    }
  });

  it("leave nothing empty, and no Chinese text untranslated", () => {
    const same = new Set(["unit.perSecond"]);
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe("");
    for (const [key, text] of chinese) {
      const words = text.replace(/{{.*?}}/g, "");
      if (!same.has(key) && english.get(key) === text) expect(words, key).not.toMatch(/[a-z]{4,} [a-z]{2,}/);
    }
  });
});

describe("Chinese", () => {
  it("has its own punctuation", () => {
    for (const [key, text] of chinese) {
      expect(text, key).not.toMatch(/[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]/);
    }
  });
});

describe("keys in the code", () => {
  const code = sources(join(__dirname, ".."))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const stems = new Set([...english.keys()].map(stem));

  it("exist in the catalogue", () => {
    const used = [...code.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((m) => m[1] ?? "");
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((key) => !stems.has(key))).toEqual([]);
  });

  it("that are put together begin with a section of the catalogue", () => {
    const used = [...code.matchAll(/\bt\(\s*`([\w.]+)\$\{/g)].map((m) => m[1] ?? "");
    const known = (start: string) => [...stems].some((key) => key.startsWith(start));
    expect(used.filter((start) => !known(start))).toEqual([]);
  });
});
