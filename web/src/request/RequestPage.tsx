import type { ReactNode } from "react";
import { problemOf } from "@/api/client";
import type { Fields, Fix, Problem } from "@/api/types";
import { ProblemCard, wordsOf } from "@/components/ProblemCard";
import { Loading } from "@/layout/Loading";
import { fieldOf, outputTaken } from "./fixes";
import type { Task } from "./form";
import { PreflightPanel } from "./PreflightPanel";
import classes from "./RequestPage.module.css";
import { StartBar } from "./StartBar";
import type { Check } from "./usePlan";

/** What the refusals say, by the field that they belong to. */
export function errorsByField(check: Check, fields: Fields): Record<string, string> {
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

interface Props {
  task: Task;
  fields: Fields;
  check: Check;
  onFix: (fix: Fix, problem: Problem) => void;
  loading: boolean;
  originError: Error | null;
  children: ReactNode;
}

/** The form, and beside it (below it on a phone) what it would do. */
export function RequestPage({ task, fields, check, onFix, loading, originError, children }: Props) {
  if (loading) return <Loading />;
  const taken = outputTaken(check.preflight?.problems ?? []);
  return (
    <>
      {originError && <ProblemCard problem={problemOf(originError)} />}
      <div className={classes.columns}>
        <div className={classes.form}>{children}</div>
        <div className={classes.side}>
          <PreflightPanel check={check} onFix={onFix} elsewhere={taken}>
            <StartBar task={task} fields={fields} check={check} />
          </PreflightPanel>
        </div>
      </div>
    </>
  );
}
