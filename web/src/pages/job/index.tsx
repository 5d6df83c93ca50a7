import { Skeleton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { problemOf } from "@/api/client";
import type { Job } from "@/api/types";
import { Page } from "@/components/Page";
import { ProblemCard } from "@/components/ProblemCard";
import { StateBadge } from "@/components/StateBadge";
import { JobButtons } from "../shared/JobActions";
import { useAct } from "../shared/jobsApi";
import { applyEvent, isTurn } from "./applyEvent";
import { Body } from "./Body";
import type { EventLine } from "./log";
import { Times } from "./Times";
import { useJob } from "./useJob";

export default function JobPage() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data: job, error } = useJob(id);
  if (error && !job) {
    return (
      <Page title={t("job.title")}>
        <ProblemCard problem={problemOf(error)} />
      </Page>
    );
  }
  if (!job) {
    return (
      <Page title={t("job.title")}>
        <Skeleton h={320} />
      </Page>
    );
  }
  return <Loaded key={job.id} job={job} />;
}

function Loaded({ job }: { job: Job }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const act = useAct();
  const { id } = job;
  const onLine = useCallback(
    (line: EventLine) => {
      cache.setQueryData<Job>(["job", id], (old) => (old ? applyEvent(old, line) : old));
      if (isTurn(line)) void cache.invalidateQueries({ queryKey: ["job", id] });
    },
    [cache, id],
  );
  return (
    <Page
      title={job.title}
      lead={
        <>
          <StateBadge state={job.state} cause={job.cause} /> <Times job={job} />
        </>
      }
      actions={
        <JobButtons
          job={job}
          busy={act.isPending}
          act={(action) => act.mutate({ id, action })}
          onDeleted={() => void navigate("/jobs")}
        />
      }
    >
      {act.error && <ProblemCard problem={problemOf(act.error)} />}
      <Body job={job} onLine={onLine} />
    </Page>
  );
}
