import { Group, Loader, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import { systemQuery } from "@/api/hooks";
import type { Fix, PlanTotals, Problem } from "@/api/types";
import { Icon, type IconName } from "@/components/Icon";
import { ProblemCard } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import { PlanDetails } from "./PlanDetails";
import classes from "./PreflightPanel.module.css";
import type { Check, Verdict } from "./usePlan";

const LOOKS: Record<Verdict, { icon: IconName | null; tone: string }> = {
  missing: { icon: "info", tone: "quiet" },
  checking: { icon: null, tone: "quiet" },
  unreachable: { icon: "warn", tone: "warn" },
  refused: { icon: "cross", tone: "bad" },
  warned: { icon: "check", tone: "ok" },
  fits: { icon: "check", tone: "ok" },
};

interface Props {
  check: Check;
  onFix: (fix: Fix, problem: Problem) => void;
  /** Problems that are shown at their field. */
  elsewhere?: Problem;
  /** Buttons below the verdict. */
  children: ReactNode;
}

/** What would happen, before anything does. */
export function PreflightPanel({ check, onFix, elsewhere, children }: Props) {
  const { t } = useTranslation();
  const { verdict, preflight, error } = check;
  const stale = verdict === "checking";
  const problems = (preflight?.problems ?? []).filter((problem) => problem !== elsewhere);
  const plan = preflight?.plan ?? null;
  return (
    <aside className={classes.panel} aria-label={t("plan.title")}>
      <Stack gap="md">
        <Verdictline check={check} />
        <div className={classes.body} data-stale={stale} aria-busy={stale}>
          <Stack gap="md">
            {verdict === "missing" && <Lacking check={check} />}
            {verdict === "unreachable" && error && <ProblemCard problem={problemOf(error)} />}
            {problems.map((problem) => (
              <ProblemCard key={problem.code + problem.what} problem={problem} onFix={onFix} />
            ))}
            {elsewhere && problems.length > 0 && <Text size="sm">{t("plan.decideOutput")}</Text>}
            {(preflight?.warnings ?? []).map((problem) => (
              <ProblemCard
                key={problem.code + problem.what}
                problem={problem}
                severity="warning"
                onFix={onFix}
              />
            ))}
            {plan && <Totals totals={plan.totals} />}
            {plan && <PlanDetails plan={plan} />}
          </Stack>
        </div>
        {children}
      </Stack>
    </aside>
  );
}

function Verdictline({ check }: { check: Check }) {
  const { t } = useTranslation();
  const { icon, tone } = LOOKS[check.verdict];
  const count =
    check.verdict === "refused" ? check.preflight?.problems.length : check.preflight?.warnings.length;
  return (
    <Group gap={10} wrap="nowrap" className={classes.verdict} data-tone={tone}>
      <span className={classes.mark}>{icon ? <Icon name={icon} size={20} /> : <Loader size={18} />}</span>
      <div>
        <VisuallyHidden>{t("plan.title")}</VisuallyHidden>
        <Title order={2} size="h4" aria-live="polite">
          {t(`plan.verdict.${check.verdict}`, { count: count ?? 0 })}
        </Title>
      </div>
    </Group>
  );
}

function Lacking({ check }: { check: Check }) {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <Text size="sm">{t("plan.lead")}</Text>
      <ul className={classes.lacking}>
        {check.missing.map((what) => (
          <li key={what}>{t(`plan.missing.${what}`)}</li>
        ))}
      </ul>
    </Stack>
  );
}

function Totals({ totals }: { totals: PlanTotals }) {
  const { t } = useTranslation();
  const format = useFormat();
  const system = useQuery(systemQuery);
  const memory = system.data?.memory.available_bytes;
  const spent = format.duration(totals.seconds);
  const time = totals.seconds < 1 ? spent : t("plan.about", { time: spent });
  const rows: [string, string, string?][] = [
    [t("plan.reads"), format.bytes(totals.bytes_read)],
    [t("plan.writes"), format.bytes(totals.bytes_written)],
    [
      t("plan.memory"),
      format.bytes(totals.peak_memory),
      typeof memory === "number" ? t("plan.available", { amount: format.bytes(memory) }) : undefined,
    ],
    [t("plan.disk"), totals.free_disk === null ? t("plan.unknown") : format.bytes(totals.free_disk)],
    [t("plan.time"), time, t("plan.timeHint")],
  ];
  return (
    <dl className={classes.totals} title={t("unit.gb")}>
      {rows.map(([name, value, note]) => (
        <div key={name} className={classes.total}>
          <dt>{name}</dt>
          <dd>
            <b>{value}</b>
            {note && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
