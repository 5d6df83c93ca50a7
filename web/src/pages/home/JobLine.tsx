import { Group, Paper, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Job } from "@/api/types";
import { StateBadge } from "@/components/StateBadge";
import { useFormat } from "@/lib/format";
import { countWords } from "../job/countWords";
import { EtaLabel } from "../job/EtaLabel";
import { JobProgress } from "../shared/JobProgress";
import { isActive } from "../shared/jobs";
import type { Counts } from "../shared/types";
import classes from "./JobLine.module.css";

/** A job in a few words. */
export function JobLine({ job }: { job: Job }) {
  const { t } = useTranslation();
  const format = useFormat();
  const counts = job.counts as Counts | null | undefined;
  const when = job.ended ?? job.started ?? job.created;
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Link to={`/jobs/${job.id}`} className={classes.title}>
          {job.title}
        </Link>
        <StateBadge state={job.state} cause={job.cause} />
      </Group>
      <JobProgress job={job} />
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {isActive(job.state) ? (
          <EtaLabel job={job} />
        ) : (
          <>
            <time dateTime={when} title={format.time(when)}>
              {format.ago(when)}
            </time>
            {counts && ` · ${countWords(counts, t).join(t("job.counts.comma"))}`}
          </>
        )}
      </Text>
    </Paper>
  );
}
