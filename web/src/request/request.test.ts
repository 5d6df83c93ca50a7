import { describe, expect, it } from "vitest";
import type { Fields, Problem } from "@/api/types";
import { fromParams, toParams } from "./address";
import { commandOf, quote } from "./command";
import { applyFix, fieldOf, outputTaken } from "./fixes";
import { emptyForm, type Form, fromFields, hasControl, missing, newAdapter, taskOf, toFields } from "./form";
import { adapterFacts, nextName, proposeBase, proposeOutput } from "./propose";
import { below } from "./summary";

const problem = (over: Partial<Problem>): Problem => ({
  code: "N101",
  what: "",
  hint: "",
  place: null,
  fixes: [],
  texts: { en: { what: "", hint: "" }, zh: { what: "", hint: "" } },
  ...over,
});

const merge = (over: Partial<Form> = {}): Form => ({
  ...emptyForm("merge"),
  base: "/m/base",
  adapters: [newAdapter("/m/a")],
  output: "/m/out",
  ...over,
});

const FULL: Fields = {
  base_model_path: "/m/base",
  adapter_path: ["/m/a", "/m/b::x"],
  scale: [0.5, -1],
  output_path: "/m/out",
  dtype: "fp16",
  safe_merge: true,
  tokenizer_path: "/m/tok",
  include_tokenizer: false,
  module_mapping: { "model.language_model": "model", "": "base" },
  max_shard_size: "5GB",
  safe_serialization: "both",
  if_exists: "resume",
  verify: "none",
  threads: 3,
  on_event: "notify",
};

describe("form and request", () => {
  it("sends only what differs from the defaults", () => {
    expect(toFields(merge())).toEqual({
      base_model_path: "/m/base",
      adapter_path: "/m/a",
      output_path: "/m/out",
    });
  });

  it("keeps every field there and back", () => {
    expect(toFields(fromFields("merge", FULL))).toEqual(FULL);
    const exported: Fields = {
      input_path: "/m/base",
      export_format: ["hf", "gguf:q4_k_m"],
      output_path: "/m/out",
      push_to_hub: true,
      repo_id: "me/it",
      trust_remote_code: true,
      bits: 4,
    };
    expect(toFields(fromFields("export", exported))).toEqual(exported);
  });

  it("takes the article's bodies", () => {
    const form = fromFields("merge", { ...FULL, dtype: "torch.bfloat16", safe_merge: "true", scale: 2 });
    expect([form.dtype, form.safeMerge, form.adapters.map((a) => a.scale)]).toEqual(["bf16", true, [2, 1]]);
    expect(fromFields("merge", { module_mapping: ["a.b=c"] }).mapping[0]).toMatchObject({
      from: "a.b",
      to: "c",
    });
  });

  it("uses proposals where nothing was given, and never over what was", () => {
    const form = merge({ base: null, output: "" });
    const fields = toFields(form, { base: "org/base", output: "/else" });
    expect(fields.base_model_path).toBe("org/base");
    expect(fields.output_path).toBeUndefined();
  });

  it("has one place for each field", () => {
    expect(["dtype", "max_shard_size", "bits"].map(hasControl)).toEqual([true, true, false]);
    expect(fromFields("export", { input_path: "x", dtype: "bf16", bits: 4 }).more).toEqual({ bits: 4 });
  });

  it("leaves out empty rows and keeps scales with their adapters", () => {
    const rows = [newAdapter(""), newAdapter("/m/a", 0.5), newAdapter(" ", 7)];
    expect(toFields(merge({ adapters: rows }))).toMatchObject({ adapter_path: "/m/a", scale: 0.5 });
  });

  it("asks for a new decision before anything is replaced", () => {
    expect(fromFields("merge", { ...FULL, if_exists: "replace" }).ifExists).toBe("fail");
  });

  it("knows what is missing and which page a request belongs to", () => {
    expect(missing("merge", {})).toEqual(["base", "adapter", "output"]);
    expect(missing("export", { input_path: "x" })).toEqual(["format", "output"]);
    expect([taskOf(FULL), taskOf({ export_format: "hf" })]).toEqual(["merge", "export"]);
  });
});

describe("address", () => {
  it("holds the whole request", () => {
    const address = toParams(FULL).toString();
    expect(address).toContain("base=%2Fm%2Fbase&adapter=%2Fm%2Fa&adapter=");
    expect(toFields(fromFields("merge", fromParams(new URLSearchParams(address))))).toEqual(FULL);
  });

  it("never carries a replacement", () => {
    expect(toParams({ if_exists: "replace" }).toString()).toBe("");
  });

  it("does not mistake names for numbers, nor parameters of the page for fields", () => {
    const fields = fromParams(new URLSearchParams("base=123&output=true&from=20260101-000000-abcd&recipe=x"));
    expect(fields).toEqual({ base_model_path: "123", output_path: "true" });
  });
});

describe("command", () => {
  it("quotes for a shell", () => {
    expect(quote("/a/b-c_1.x")).toBe("/a/b-c_1.x");
    expect(quote("it's $HOME `x`")).toBe("'it'\\''s $HOME `x`'");
    expect([quote("~/x"), quote(""), quote("a\nb"), quote("模型")]).toEqual([
      "'~/x'",
      "''",
      "'a\nb'",
      "'模型'",
    ]);
  });

  it("says what the request says", () => {
    expect(commandOf("merge", FULL)).toBe(
      "weldlm merge --base /m/base --adapter /m/a --adapter /m/b::x --scale 0.5 --scale=-1 --output /m/out " +
        "--dtype fp16 --safe-merge true --tokenizer /m/tok --include-tokenizer false " +
        "--module-mapping model.language_model=model --module-mapping =base --max-shard-size 5GB " +
        "--safe-serialization both --if-exists resume --verify none --threads 3 --on-event notify",
    );
    expect(commandOf("export", { input_path: "-x y", export_format: ["hf"] })).toBe(
      "weldlm export '--input=-x y' --format hf",
    );
  });
});

describe("fixes", () => {
  const fix = (field: string, value: unknown) => ({ field, value, option: "" });

  it("put a mapping in place", () => {
    const form = applyFix(merge({ mapping: [] }), fix("module_mapping", { "a.b": "c" }));
    expect(toFields(form).module_mapping).toEqual({ "a.b": "c" });
    const again = applyFix(form, fix("module_mapping", { d: "e" }));
    expect(toFields(again).module_mapping).toEqual({ d: "e" });
    const several = applyFix(
      { ...form, adapters: [newAdapter("/x"), newAdapter("/y")] },
      fix("module_mapping", { d: "e" }),
    );
    expect(toFields(several).module_mapping).toEqual({ "a.b": "c", d: "e" });
  });

  it("change the adapter that is meant", () => {
    const form = merge({ adapters: [newAdapter("/m/a", 0.5), newAdapter("/m/run")] });
    const fixed = applyFix(form, fix("adapter_path", "/m/run/checkpoint-800"));
    expect(fixed.adapters.map((a) => [a.path, a.scale])).toEqual([
      ["/m/a", 0.5],
      ["/m/run/checkpoint-800", 1],
    ]);
    const named = applyFix(form, fix("adapter_path", "/m/a::style"));
    expect(named.adapters[0]?.path).toBe("/m/a::style");
  });

  it("change any other field by its name, and the rest stays", () => {
    expect(applyFix(merge(), fix("base_model_path", "/b")).base).toBe("/b");
    expect(applyFix(merge({ shard: "5GB" }), fix("dtype", "bf16"))).toMatchObject({
      dtype: "bf16",
      shard: "5GB",
    });
    expect(applyFix(merge(), fix("if_exists", "resume")).ifExists).toBe("resume");
    expect(applyFix(merge(), fix("bits", 4)).more).toEqual({ bits: 4 });
    expect(applyFix(merge({ more: { bits: 4 } }), fix("bits", null)).more).toEqual({});
  });

  it("belong to fields", () => {
    const fields = toFields(merge());
    expect(fieldOf(problem({ place: "output_path", code: "O101" }), fields)).toBe("output_path");
    expect(fieldOf(problem({ place: "/m/base/config.json" }), fields)).toBe("base_model_path");
    expect(fieldOf(problem({ place: "/m/a" }), fields)).toBe("adapter_path");
    expect(fieldOf(problem({ place: "model.layers.0" }), fields)).toBeNull();
    expect(fieldOf(problem({ place: "x", fixes: [fix("module_mapping", {})] }), fields)).toBe(
      "module_mapping",
    );
    expect(outputTaken([problem({}), problem({ code: "O102" })])?.code).toBe("O102");
  });
});

describe("proposals", () => {
  it("take the base that the adapter names, or one that fits", () => {
    const facts = adapterFacts({
      kind: "adapter",
      base_model: "org/base",
      bases: [
        { base: "other/base", fits: true },
        { base: "no", fits: false },
      ],
    });
    expect(facts).toEqual({ baseModel: "org/base", fitting: ["other/base"] });
    expect(proposeBase(facts, ["org/base"])).toBe("org/base");
    expect(proposeBase(facts, [])).toBe("other/base");
    expect(proposeBase({ baseModel: "/d/base", fitting: [] }, [])).toBe("/d/base");
    expect(proposeBase({ baseModel: "gone/base", fitting: [] }, [])).toBeUndefined();
    const beside = [{ name: "base", path: "/m/base" }];
    expect(proposeBase({ baseModel: "elsewhere/base", fitting: [] }, [], beside)).toBe("/m/base");
    expect(adapterFacts({ kind: "model" })).toBeNull();
  });

  it("lead into a folder of checkpoints", () => {
    const items = [
      { name: "checkpoint-5", kind: "adapter" },
      { name: "base", kind: "model" },
    ];
    const found = { kind: "folder", path: "/m/run", below: items };
    expect(below(found, "adapter")).toEqual([{ name: "checkpoint-5", path: "/m/run/checkpoint-5" }]);
    expect(below({ kind: "model" }, "adapter")).toEqual([]);
  });

  it("name the output after the adapter", () => {
    expect(proposeOutput("/m/my-lora/", "merged", "/r")).toBe("/m/my-lora-merged");
    expect(proposeOutput("/m/my-lora/adapter_model.safetensors", "merged", "/r")).toBe("/m/my-lora-merged");
    expect(proposeOutput("/m/my-lora::style", "merged", "/r")).toBe("/m/my-lora-merged");
    expect(proposeOutput("org/lora@v1", "merged", "/r")).toBe("/r/lora-merged");
    expect(proposeOutput("/h/.cache/hub/models--org--lo-ra/snapshots/abc", "hf", "/r")).toBe("/r/lo-ra-hf");
    expect(proposeOutput("", "merged", "/r")).toBeUndefined();
    expect([nextName("/m/x"), nextName("/m/x-2"), nextName("/m/x-9/")]).toEqual([
      "/m/x-2",
      "/m/x-3",
      "/m/x-10",
    ]);
  });
});
