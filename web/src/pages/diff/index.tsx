import { ActionIcon, Button, Group, Paper, Progress, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { call, client, problemOf } from "@/api/client";
import { EmptyState } from "@/components/EmptyState";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { PathInput } from "@/components/PathInput";
import { ProblemCard } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import { useNow } from "../shared/duration";
import { Differences } from "./Differences";
import type { Difference } from "./types";

function diffQuery(a: string, b: string, headers: boolean) {
  return queryOptions({
    queryKey: ["diff", a, b, headers],
    // Leaving the page aborts the request, and the server stops reading.
    queryFn: async ({ signal }) =>
      (await call(client.POST("/diff", { body: { a, b, headers }, signal }))) as unknown as Difference,
    enabled: a !== "" && b !== "",
    staleTime: 60_000,
    gcTime: 120_000,
    retry: false,
  });
}

export default function DiffPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const [a, b] = [params.get("a") ?? "", params.get("b") ?? ""];
  const [typed, setTyped] = useState({ a, b });
  useEffect(() => setTyped({ a, b }), [a, b]);
  const headers = useQuery(diffQuery(a, b, true));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const next = { a: typed.a.trim(), b: typed.b.trim() };
    if (next.a === a && next.b === b) void headers.refetch();
    else setParams(next);
  };
  return (
    <Page title={t("diff.title")} lead={t("diff.lead")}>
      <form onSubmit={submit}>
        <Group align="end" gap="sm">
          <div style={{ flex: "1 1 240px", minWidth: 0 }}>
            <PathInput
              kind="model"
              label="A"
              value={typed.a}
              onChange={(value) => setTyped({ ...typed, a: value })}
            />
          </div>
          <Tooltip label={t("diff.swap")}>
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t("diff.swap")}
              onClick={() => setTyped({ a: typed.b, b: typed.a })}
            >
              <Icon name="swap" />
            </ActionIcon>
          </Tooltip>
          <div style={{ flex: "1 1 240px", minWidth: 0 }}>
            <PathInput
              kind="model"
              label="B"
              value={typed.b}
              onChange={(value) => setTyped({ ...typed, b: value })}
            />
          </div>
          <Button type="submit" loading={headers.isFetching} disabled={!typed.a.trim() || !typed.b.trim()}>
            {t("diff.compare")}
          </Button>
        </Group>
      </form>
      {(a === "" || b === "") && (
        <EmptyState icon="diff" title={t("diff.empty")}>
          {t("diff.emptyHint")}
        </EmptyState>
      )}
      {headers.isLoading && <Skeleton h={240} />}
      {headers.error && <ProblemCard problem={problemOf(headers.error)} />}
      {headers.data && !headers.error && <Compared key={`${a}\n${b}`} a={a} b={b} headers={headers.data} />}
    </Page>
  );
}

/** Headers take milliseconds; values are read only when asked for. */
function Compared({ a, b, headers }: { a: string; b: string; headers: Difference }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const cache = useQueryClient();
  const query = diffQuery(a, b, false);
  const values = useQuery({ ...query, enabled: asked });
  const shown = values.data ?? headers;
  const stop = () => {
    setAsked(false);
    void cache.cancelQueries({ queryKey: query.queryKey });
  };
  const next = !values.data && (
    <Stack gap="sm">
      <Paper withBorder p="md">
        {values.isFetching ? (
          <Waiting onStop={stop} />
        ) : (
          <Group justify="space-between" gap="sm">
            <Text size="sm" maw={560}>
              {t("diff.headersOnly")}
            </Text>
            <Button onClick={() => setAsked(true)}>{t("diff.values")}</Button>
          </Group>
        )}
      </Paper>
      {values.error && <ProblemCard problem={problemOf(values.error)} />}
    </Stack>
  );
  return <Differences difference={shown} next={next} />;
}

function Waiting({ onStop }: { onStop: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [since] = useState(() => Date.now());
  const seconds = Math.max(0, Math.round((useNow(true) - since) / 1000));
  return (
    <div>
      <Group justify="space-between" gap="sm" mb="xs">
        <Text size="sm">{t("diff.reading", { time: format.duration(seconds) })}</Text>
        <Button variant="default" size="sm" onClick={onStop}>
          {t("diff.stop")}
        </Button>
      </Group>
      <Progress value={100} animated striped aria-label={t("diff.values")} />
    </div>
  );
}
