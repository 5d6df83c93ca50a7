import type { ReactNode } from "react";
import { problemOf } from "@/api/client";
import type { Fix, Problem } from "@/api/types";
import { ProblemCard } from "@/components/ProblemCard";
import { Loading } from "@/layout/Loading";
import { applyFix, outputTaken } from "./fixes";
import { PreflightPanel } from "./PreflightPanel";
import classes from "./RequestPage.module.css";
import { StartBar } from "./StartBar";
import type { Request } from "./useRequest";

interface Props {
  request: Request;
  children: ReactNode;
}

/** The form, and beside it (below it on a phone) what it would do. */
export function RequestPage({ request, children }: Props) {
  const { task, fields, check, base, change, loading, originError } = request;
  if (loading) return <Loading />;
  // A proposed base that a fix is about becomes the form's own.
  const onFix = (fix: Fix, problem: Problem) =>
    change((old) => applyFix({ ...old, base: old.base ?? base }, fix, problem));
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
