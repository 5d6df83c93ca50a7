import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import { settingsQuery, systemQuery } from "@/api/hooks";
import { Page } from "@/components/Page";
import { ProblemCard } from "@/components/ProblemCard";
import { AboutThis } from "./AboutThis";
import { Look } from "./Look";
import { Roots } from "./Roots";
import { Work } from "./Work";

export default function SettingsPage() {
  const { t } = useTranslation();
  const settings = useQuery(settingsQuery);
  const system = useQuery(systemQuery);
  const error = settings.error ?? system.error;
  return (
    <Page title={t("settings.title")} lead={t("settings.lead")}>
      {error && <ProblemCard problem={problemOf(error)} />}
      {(settings.isPending || system.isPending) && !error && <Skeleton h={320} />}
      {settings.data && system.data && (
        <Stack gap="xl" maw={760}>
          <Look settings={settings.data} />
          <Work settings={settings.data} system={system.data} />
          <Roots system={system.data} />
          <AboutThis system={system.data} />
        </Stack>
      )}
    </Page>
  );
}
