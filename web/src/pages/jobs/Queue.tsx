import { ActionIcon, Group, Paper, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { problemOf } from "@/api/client";
import type { Job } from "@/api/types";
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
  const order = jobs.map((job) => job.id).join();
  const list = useRef<HTMLOListElement | null>(null);
  const pressed = useRef<string | null>(null);
  // A row that moves loses the focus; who pressed its button wants to press it again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order is what it waits for.
  useEffect(() => {
    if (pressed.current === null || !document.body.isSameNode(document.activeElement)) return;
    list.current?.querySelector<HTMLElement>(`[data-step="${pressed.current}"]`)?.focus();
  }, [order]);
  if (jobs.length < 2) return null;
  const go = (index: number, step: -1 | 1) => {
    const job = jobs[index];
    if (!job || move.isPending) return;
    pressed.current = stepName(job.id, step);
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
      <ol className={classes.list} ref={list}>
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
              <Step job={job} step={-1} end={index === 0} onStep={() => go(index, -1)} />
              <Step job={job} step={1} end={index === jobs.length - 1} onStep={() => go(index, 1)} />
            </Group>
          </li>
        ))}
      </ol>
    </Paper>
  );
}

const stepName = (id: string, step: -1 | 1) => `${id}${step < 0 ? "-up" : "-down"}`;

interface StepProps {
  job: Job;
  step: -1 | 1;
  end: boolean;
  onStep: () => void;
}

/** At the end it stays a stop for the keyboard, so that the focus is not lost there. */
function Step({ job, step, end, onStep }: StepProps) {
  const { t } = useTranslation();
  const title = job.title;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      data-step={stepName(job.id, step)}
      data-disabled={end || undefined}
      aria-disabled={end}
      aria-label={step < 0 ? t("jobs.queue.up", { title }) : t("jobs.queue.down", { title })}
      onClick={end ? undefined : onStep}
    >
      <Icon name={step < 0 ? "up" : "down"} size={16} />
    </ActionIcon>
  );
}
