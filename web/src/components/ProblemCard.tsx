import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Fix, Problem } from "@/api/types";
import { language } from "@/i18n";
import { Icon } from "./Icon";
import classes from "./ProblemCard.module.css";

export type Severity = "refusal" | "warning" | "note";

interface Props {
  problem: Problem;
  severity?: Severity;
  /** Without it, fixes are shown as options of the command line. */
  onFix?: (fix: Fix, problem: Problem) => void;
  /** Further ways out that the page knows. */
  actions?: React.ReactNode;
}

const ICONS = { refusal: "cross", warning: "warn", note: "info" } as const;

/** What a problem says, in the language of the page. */
export function wordsOf(problem: Problem): { what: string; hint: string } {
  return problem.texts?.[language()] ?? problem;
}

function FixLabel({ fix }: { fix: Fix }) {
  const { t } = useTranslation();
  if (fix.field === "module_mapping" && typeof fix.value === "object" && fix.value !== null) {
    const pairs = Object.entries(fix.value).map(([from, to]) => `${from || "∅"} → ${String(to) || "∅"}`);
    return t("problem.fixMapping", { pairs: pairs.join(", ") });
  }
  const value = typeof fix.value === "string" ? fix.value : JSON.stringify(fix.value);
  if (fix.field.endsWith("_path")) return t("problem.fixPath", { path: value });
  return t("problem.fixField", { field: fix.field, value });
}

/** What happened, where, what to do, and buttons that do it. */
export function ProblemCard({ problem, severity = "refusal", onFix, actions }: Props) {
  const { t } = useTranslation();
  const { what, hint } = wordsOf(problem);
  const fixes = problem.fixes ?? [];
  return (
    <section className={classes.root} data-severity={severity} aria-label={t(`problem.${severity}`)}>
      <Icon name={ICONS[severity]} label={t(`problem.${severity}`)} />
      <div className={classes.body}>
        <Text fw={600} className={classes.what}>
          {what}
        </Text>
        {hint && <Text size="sm">{hint}</Text>}
        <Text size="xs" c="dimmed" className={classes.place}>
          <span className={classes.code}>{problem.code}</span>
          {problem.place && <span>{problem.place}</span>}
        </Text>
        {(fixes.length > 0 || actions) && (
          <Group gap="xs" mt={8}>
            {fixes.map((fix, i) =>
              onFix ? (
                <Button
                  key={fix.option}
                  size="xs"
                  variant={i === 0 ? "filled" : "default"}
                  className={classes.fix}
                  onClick={() => onFix(fix, problem)}
                >
                  <FixLabel fix={fix} />
                </Button>
              ) : (
                <code key={fix.option} className={classes.option}>
                  {fix.option}
                </code>
              ),
            )}
            {actions}
          </Group>
        )}
      </div>
    </section>
  );
}
