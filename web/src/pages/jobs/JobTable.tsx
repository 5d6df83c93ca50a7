// biome-ignore-all lint/a11y/noRedundantRoles: on a narrow screen rows are laid out as cards, and without roles the
// table would stop being one for those who listen to it.
import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Job } from "@/api/types";
import { StateBadge } from "@/components/StateBadge";
import { useFormat } from "@/lib/format";
import { baseName } from "@/lib/paths";
import { EtaLabel } from "../job/EtaLabel";
import { secondsOf, useNow } from "../shared/duration";
import { JobMenu } from "../shared/JobActions";
import { JobProgress } from "../shared/JobProgress";
import { isActive } from "../shared/jobs";
import type { Act } from "../shared/jobsApi";
import classes from "./JobTable.module.css";

interface Props {
  jobs: Job[];
  busy: boolean;
  act: (id: string, action: Act) => void;
  stale: boolean;
}

const COLUMNS = ["state", "title", "progress", "started", "duration"] as const;

/** A table; on a narrow screen each row becomes a card. The roles keep it a table for those who listen to it. */
export function JobTable({ jobs, busy, act, stale }: Props) {
  const { t } = useTranslation();
  const now = useNow(jobs.some((job) => isActive(job.state)));
  return (
    <table className={classes.table} role="table" aria-label={t("jobs.title")} aria-busy={stale}>
      <colgroup>
        {COLUMNS.map((column) => (
          <col key={column} data-column={column} />
        ))}
        <col data-column="actions" />
      </colgroup>
      <thead>
        <tr role="row">
          {COLUMNS.map((column) => (
            <th key={column} scope="col" data-column={column}>
              {t(`jobs.column.${column}`)}
            </th>
          ))}
          <th scope="col" data-column="actions">
            {t("jobs.column.actions")}
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <Row key={job.id} job={job} busy={busy} now={now} act={(action) => act(job.id, action)} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  job: Job;
  busy: boolean;
  now: number;
  act: (action: Act) => void;
}

function Row({ job, busy, now, act }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const active = isActive(job.state);
  const seconds = secondsOf(job, now);
  const from = [job.base, ...job.adapters].map(baseName).join(" + ");
  return (
    <tr role="row">
      <td role="cell" data-column="state">
        <StateBadge state={job.state} cause={job.cause} />
      </td>
      <td role="cell" data-column="title">
        <Link to={`/jobs/${job.id}`} className={classes.title}>
          {job.title}
        </Link>
        <Text size="xs" c="dimmed" className={classes.sub} title={`${from} → ${job.output}`}>
          {from} → {baseName(job.output)}
        </Text>
      </td>
      <td role="cell" data-column="progress">
        <JobProgress job={job} />
        {active && (
          <Text size="xs" c="dimmed">
            {job.rate > 0 && <>{format.rate(job.rate)} · </>}
            <EtaLabel job={job} short />
          </Text>
        )}
      </td>
      <td role="cell" data-column="started" data-label={t("jobs.column.started")}>
        {job.started ? (
          <time dateTime={job.started} title={format.time(job.started)}>
            {format.ago(job.started)}
          </time>
        ) : (
          ""
        )}
      </td>
      <td role="cell" data-column="duration" data-label={t("jobs.column.duration")}>
        {seconds === null ? "" : format.duration(seconds)}
      </td>
      <td role="cell" data-column="actions">
        <JobMenu job={job} act={act} busy={busy} />
      </td>
    </tr>
  );
}
