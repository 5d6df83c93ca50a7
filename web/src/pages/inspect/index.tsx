import { Button, Group, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { problemOf } from "@/api/client";
import { EmptyState } from "@/components/EmptyState";
import { Page } from "@/components/Page";
import { PathInput } from "@/components/PathInput";
import { ProblemCard } from "@/components/ProblemCard";
import { remember } from "@/lib/recents";
import { AdapterView } from "./AdapterView";
import { FolderView } from "./FolderView";
import { ModelView } from "./ModelView";
import { lookQuery } from "./query";
import type { Inspection } from "./types";

export default function InspectPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const path = params.get("path") ?? "";
  const [typed, setTyped] = useState(path);
  useEffect(() => setTyped(path), [path]);
  const look = useQuery(lookQuery(path));
  const { data, error } = look;
  useEffect(() => {
    if (data) remember(data.kind === "folder" ? "any" : data.kind, path);
  }, [data, path]);
  const go = (to: string) => {
    if (to === path) void look.refetch();
    else setParams(to ? { path: to } : {});
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go(typed.trim());
  };
  return (
    <Page title={t("inspect.title")} lead={t("inspect.lead")}>
      <form onSubmit={submit}>
        <Group align="end" gap="sm">
          <div style={{ flex: "1 1 260px", minWidth: 0 }}>
            <PathInput
              kind="any"
              label={t("inspect.path")}
              value={typed}
              onChange={setTyped}
              placeholder={t("inspect.placeholder")}
            />
          </div>
          <Button type="submit" loading={look.isFetching} disabled={typed.trim() === ""}>
            {t("inspect.look")}
          </Button>
        </Group>
      </form>
      {path === "" && (
        <EmptyState icon="inspect" title={t("inspect.empty")}>
          {t("inspect.emptyHint")}
        </EmptyState>
      )}
      {look.isLoading && <Skeleton h={280} />}
      {error && <ProblemCard problem={problemOf(error)} />}
      {data && !error && <View key={data.path} view={data} path={path} />}
    </Page>
  );
}

interface ViewProps {
  view: Inspection;
  path: string;
}

function View({ view, path }: ViewProps) {
  switch (view.kind) {
    case "model":
      return <ModelView view={view} path={path} />;
    case "adapter":
      return <AdapterView view={view} path={path} />;
    case "folder":
      return <FolderView view={view} path={path} />;
  }
}
