import type { TFunction } from "i18next";
import { STATES } from "../shared/jobs";
import { STAGES } from "../shared/stages";
import type { EventLine } from "./log";

/** A line of the log in words. Facts stay as they are, only the words around them are translated. */
export function lineText(line: EventLine, t: TFunction, lang: string): string {
  switch (line.type) {
    case "log":
      return String(line.text ?? "");
    case "state":
      return t("job.log.state", { state: stateWord(line.state, t) });
    case "stage":
      return t("job.log.stage", { stage: stageWord(line.stage, t) });
    case "tensor":
      return tensorText(line, t);
    case "warning":
      return problemText(line.problem, lang);
    case "end":
      return endText(line, t, lang);
    default:
      return JSON.stringify(line);
  }
}

function stateWord(state: unknown, t: TFunction): string {
  const known = STATES.find((name) => name === state);
  return known ? t(`state.${known}`) : String(state);
}

function stageWord(stage: unknown, t: TFunction): string {
  const known = STAGES.find((name) => name === stage);
  return known ? t(`job.stage.${known}`) : String(stage);
}

function tensorText(line: EventLine, t: TFunction): string {
  const shape = Array.isArray(line.shape) ? `(${line.shape.join(", ")})` : "";
  const head = `${String(line.name)}  ${String(line.dtype ?? "")} ${shape}`;
  const change = line.change as { relative?: number | null } | null | undefined;
  if (!change) return `${head}  ${t("job.log.untouched")}`;
  if (typeof change.relative !== "number") return head;
  return `${head}  ‖ΔW‖/‖W‖ ${(change.relative * 100).toPrecision(3)} %`;
}

interface Said {
  code?: string;
  what?: string;
  texts?: Record<string, { what?: string } | undefined>;
}

function problemText(problem: unknown, lang: string): string {
  const said = (problem ?? {}) as Said;
  const what = said.texts?.[lang]?.what ?? said.what ?? "";
  return said.code ? `[${said.code}] ${what}` : what;
}

function endText(line: EventLine, t: TFunction, lang: string): string {
  const end = t("job.log.end", { state: stateWord(line.state, t) });
  const problems = Array.isArray(line.problems) ? line.problems : [];
  return [end, ...problems.map((p) => problemText(p, lang))].join("  ");
}
