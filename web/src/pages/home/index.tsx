import { Anchor, Group, SimpleGrid, Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { problemOf } from "@/api/client";
import { Page } from "@/components/Page";
import { ProblemCard } from "@/components/ProblemCard";
import { jobsQuery } from "../shared/jobsApi";
import { useJobsFeed } from "../shared/useJobsFeed";
import { FirstRun } from "./FirstRun";
import { JobLine } from "./JobLine";
import { Machine } from "./Machine";
import { Tasks } from "./Tasks";

const ACTIVE = "planning,running,verifying,queued";
const ENDED = "done,partial,failed,cancelled,interrupted";

export default function HomePage() {
  const { t } = useTranslation();
  useJobsFeed();
  const active = useQuery(jobsQuery({ state: ACTIVE, limit: 5, offset: 0 }));
  const ended = useQuery(jobsQuery({ state: ENDED, limit: 5, offset: 0 }));
  const error = active.error ?? ended.error;
  const loading = active.isPending || ended.isPending;
  const running = active.data?.jobs ?? [];
  const last = ended.data?.jobs ?? [];
  const beside = running.length + last.length > 0 || (loading && !error);
  return (
    <Page title={t("home.heading")} lead={t("home.lead")}>
      <Tasks />
      {error && loading && <ProblemCard problem={problemOf(error)} />}
      {!loading && running.length === 0 && last.length === 0 && <FirstRun />}
      <SimpleGrid cols={{ base: 1, md: beside ? 2 : 1 }} spacing="xl">
        {beside && (
          <Stack gap="xl" style={{ minWidth: 0 }}>
            {loading && !error && <Skeleton h={160} />}
            {running.length > 0 && (
              <Block title={t("home.running", { count: active.data?.total ?? 0 })} to="/jobs?state=active">
                {running.map((job) => (
                  <JobLine key={job.id} job={job} />
                ))}
              </Block>
            )}
            {last.length > 0 && (
              <Block title={t("home.last")} to="/jobs">
                {last.map((job) => (
                  <JobLine key={job.id} job={job} />
                ))}
              </Block>
            )}
          </Stack>
        )}
        <Machine />
      </SimpleGrid>
    </Page>
  );
}

function Block({ title, to, children }: { title: string; to: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Anchor component={Link} to={to} size="sm">
          {t("home.all")}
        </Anchor>
      </Group>
      <Stack gap="xs">{children}</Stack>
    </section>
  );
}
