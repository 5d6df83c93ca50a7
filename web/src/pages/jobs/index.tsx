import { Alert, Button, Pagination, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { problemOf } from "@/api/client";
import { EmptyState } from "@/components/EmptyState";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { ProblemCard } from "@/components/ProblemCard";
import { jobsQuery, useAct } from "../shared/jobsApi";
import { useJobsFeed } from "../shared/useJobsFeed";
import { Filters } from "./Filters";
import { type Group, groupOf, statesOf } from "./groups";
import { JobTable } from "./JobTable";
import { Queue } from "./Queue";

const PAGE = 50;

export default function JobsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const live = useJobsFeed();
  const group = groupOf(params.get("state"));
  const q = params.get("q") ?? "";
  const page = Math.max(1, Number(params.get("page")) || 1);
  const query = useQuery(jobsQuery({ state: statesOf(group), q, limit: PAGE, offset: (page - 1) * PAGE }));
  const act = useAct();
  const set = (changes: { state?: Group; q?: string; page?: number }) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        const put = (key: string, value: string) => (value ? next.set(key, value) : next.delete(key));
        if (changes.state !== undefined) put("state", changes.state === "all" ? "" : changes.state);
        if (changes.q !== undefined) put("q", changes.q);
        put("page", changes.page !== undefined && changes.page > 1 ? String(changes.page) : "");
        return next;
      },
      { replace: true },
    );
  const data = query.data;
  const all = Object.values(data?.counts ?? {}).reduce((sum, n) => sum + n, 0);
  const narrowed = group !== "all" || q !== "";
  return (
    <Page
      title={t("jobs.title")}
      lead={t("jobs.lead")}
      actions={
        <>
          <Button component={Link} to="/merge" leftSection={<Icon name="merge" size={16} />}>
            {t("jobs.newMerge")}
          </Button>
          <Button
            component={Link}
            to="/export"
            variant="default"
            leftSection={<Icon name="export" size={16} />}
          >
            {t("jobs.newExport")}
          </Button>
        </>
      }
    >
      <Filters
        group={group}
        q={q}
        counts={data?.counts ?? {}}
        focus={params.get("focus") === "search"}
        onGroup={(state) => set({ state })}
        onSearch={(text) => set({ q: text })}
      />
      {!live && <Alert color="gray">{t("jobs.notLive")}</Alert>}
      {act.error && <ProblemCard problem={problemOf(act.error)} />}
      {query.error && !data && <ProblemCard problem={problemOf(query.error)} />}
      {query.isPending && <Skeleton h={280} />}
      {data && (data.counts.queued ?? 0) > 1 && (group === "all" || group === "queued") && <Queue />}
      {data && data.jobs.length > 0 && (
        <JobTable
          jobs={data.jobs}
          busy={act.isPending}
          act={(id, action) => act.mutate({ id, action })}
          stale={query.isPlaceholderData}
        />
      )}
      {data && data.jobs.length === 0 && (narrowed || all > 0) && (
        <EmptyState
          icon="jobs"
          title={t("jobs.noMatch")}
          action={
            <Button variant="default" onClick={() => setParams({}, { replace: true })}>
              {t("jobs.showAll")}
            </Button>
          }
        >
          {t("jobs.noMatchHint")}
        </EmptyState>
      )}
      {data && all === 0 && !narrowed && (
        <EmptyState
          icon="jobs"
          title={t("jobs.none")}
          action={
            <Button component={Link} to="/merge">
              {t("jobs.newMerge")}
            </Button>
          }
        >
          {t("jobs.noneHint")}
        </EmptyState>
      )}
      {data && data.total > PAGE && (
        <Stack align="center">
          <Pagination
            total={Math.ceil(data.total / PAGE)}
            value={page}
            onChange={(n) => set({ page: n })}
            getControlProps={(control) => ({ "aria-label": t(`jobs.page.${control}`) })}
            getItemProps={(n) => ({ "aria-label": t("jobs.page.number", { n }) })}
          />
        </Stack>
      )}
    </Page>
  );
}
