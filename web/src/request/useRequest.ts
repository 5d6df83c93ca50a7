import { useMemo } from "react";
import type { Fields } from "@/api/types";
import { wordsOf } from "@/components/ProblemCard";
import { fieldOf, outputTaken } from "./fixes";
import { type Task, toFields } from "./form";
import { type Check, usePlan } from "./usePlan";
import { useProposals } from "./useProposals";
import { useRequestForm } from "./useRequestForm";

/** What the refusals say, by the field that they belong to. */
function errorsByField(check: Check, fields: Fields): Record<string, string> {
  const errors: Record<string, string> = {};
  if (check.verdict !== "refused") return errors;
  const problems = check.preflight?.problems ?? [];
  const taken = outputTaken(problems);
  for (const problem of problems) {
    const field = problem === taken ? null : fieldOf(problem, fields);
    if (field) errors[field] ??= wordsOf(problem).what;
  }
  return errors;
}

/** A request in the making: the form, what is proposed for its gaps, the fields that come of both, and their plan. */
export function useRequest(task: Task) {
  const state = useRequestForm(task);
  const found = useProposals(state.form);
  const fields = useMemo(() => toFields(state.form, found.proposals), [state.form, found.proposals]);
  const check = usePlan(task, fields);
  const base = state.form.base ?? found.proposals.base ?? "";
  return { task, ...state, ...found, fields, check, base, errors: errorsByField(check, fields) };
}

export type Request = ReturnType<typeof useRequest>;
