import { ActionIcon, Group, Paper, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { problemOf } from "@/api/client";
import { Icon } from "@/components/Icon";
import { ProblemCard } from "@/components/ProblemCard";
import { announce } from "@/lib/announce";
import { jobsQuery, useMove } from "../shared/jobsApi";
import { moved } from "./moved";
import classes from "./Queue.module.css";

const SHOWN = 100;

/** What waits, in the order in which it will start, to be put in another one. */
export function Queue() {
  const { t } = useTranslation();
  const { data } = useQuery(jobsQuery({ state: "queued", limit: SHOWN, offset: 0 }));
  const move = useMove();
  const jobs = [...(data?.jobs ?? [])].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  if (jobs.length < 2) return null;
  const go = (index: number, step: -1 | 1) => {
    const job = jobs[index];
    if (!job) return;
    const before = moved(jobs, index, step);
    move.mutate(
      { id: job.id, before },
      { onSuccess: () => announce(t("jobs.queue.moved", { title: job.title, n: index + 1 + step })) },
    );
  };
  return (
    <Paper withBorder p="sm" component="section" aria-labelledby="queue">
      <Title order={2} size="h5" id="queue" mb={4}>
        {t("jobs.queue.title")}
      </Title>
      {move.error && <ProblemCard problem={problemOf(move.error)} />}
      <ol className={classes.list}>
        {jobs.map((job, index) => (
          <li key={job.id} className={classes.item}>
            <Text span size="sm" c="dimmed" className={classes.number}>
              {index + 1}
            </Text>
            <Link to={`/jobs/${job.id}`} className={classes.title}>
              {job.title}
            </Link>
            {job.waiting_for === "memory" && (
              <Text span size="xs" c="dimmed">
                {t("jobs.waitsForMemory")}
              </Text>
            )}
            <Group gap={2} wrap="nowrap" ml="auto">
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                disabled={index === 0 || move.isPending}
                aria-label={t("jobs.queue.up", { title: job.title })}
                onClick={() => go(index, -1)}
              >
                <Icon name="up" size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                disabled={index === jobs.length - 1 || move.isPending}
                aria-label={t("jobs.queue.down", { title: job.title })}
                onClick={() => go(index, 1)}
              >
                <Icon name="down" size={16} />
              </ActionIcon>
            </Group>
          </li>
        ))}
      </ol>
    </Paper>
  );
}
