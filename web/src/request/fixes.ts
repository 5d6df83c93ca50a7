import type { Fields, Fix, Problem } from "@/api/types";
import { type Form, fromFields, mappingRows, newAdapter, toFields } from "./form";

/** Which adapter a fix means: the one whose path the new path goes on from. */
function adapterIndex(form: Form, fix: Fix, problem: Problem | undefined): number {
  if (form.adapters.length === 1) return 0;
  const value = String(fix.value);
  const goesOn = (path: string, whole: string) =>
    path !== "" &&
    (whole === path || whole.startsWith(`${path.replace(/\/+$/, "")}/`) || whole.startsWith(`${path}::`));
  const byValue = form.adapters.findIndex((row) => goesOn(row.path, value));
  if (byValue >= 0) return byValue;
  return form.adapters.findIndex((row) => goesOn(row.path, problem?.place ?? ""));
}

/** The form after a button of a problem was pressed. */
export function applyFix(form: Form, fix: Fix, problem?: Problem): Form {
  switch (fix.field) {
    case "module_mapping": {
      const given = mappingRows(fix.value);
      // With several adapters, each may need a mapping of its own; with one, the proposal is the whole of it.
      const several = form.adapters.filter((row) => row.path).length > 1;
      const kept = several ? form.mapping.filter((row) => !given.some((g) => g.from === row.from)) : [];
      return { ...form, mapping: [...kept, ...given] };
    }
    case "adapter_path": {
      if (Array.isArray(fix.value)) {
        return { ...form, adapters: fix.value.map((path) => newAdapter(String(path))) };
      }
      const path = String(fix.value);
      const at = adapterIndex(form, fix, problem);
      if (at < 0) return { ...form, adapters: [...form.adapters, newAdapter(path)] };
      return { ...form, adapters: form.adapters.map((row, i) => (i === at ? { ...row, path } : row)) };
    }
    case "base_model_path":
    case "input_path":
      return { ...form, base: String(fix.value) };
    case "if_exists":
      return fix.value === "resume" ? { ...form, ifExists: "resume" } : form;
    default: {
      const fields: Fields = { ...toFields(form), [fix.field]: fix.value };
      if (fix.value === null) delete fields[fix.field];
      return { ...fromFields(form.task, fields), ifExists: form.ifExists };
    }
  }
}

/** Which field of the form a problem belongs to. */
export function fieldOf(problem: Problem, fields: Fields): string | null {
  const place = problem.place ?? "";
  if (place in fields || /^[a-z]+_(path|format|merge|size|mapping)$|^(scale|dtype|threads)$/.test(place)) {
    return place;
  }
  const fix = problem.fixes?.[0]?.field;
  if (fix) return fix;
  const under = (path: unknown) =>
    typeof path === "string" && path !== "" && (place === path || place.startsWith(`${path}/`));
  if (problem.code.startsWith("O1")) return "output_path";
  if (under(fields.base_model_path)) return "base_model_path";
  if (under(fields.input_path)) return "input_path";
  const adapters = [fields.adapter_path].flat();
  return adapters.some(under) ? "adapter_path" : null;
}

const OUTPUT_TAKEN = ["O101", "O102", "O108", "O111"];

/** The problem that says that something lies where the result should go. */
export function outputTaken(problems: Problem[]): Problem | undefined {
  return problems.find((problem) => OUTPUT_TAKEN.includes(problem.code));
}
