import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { catalogQuery } from "@/api/hooks";
import type { Job } from "@/api/types";
import { Command } from "@/components/Command";
import { Icon } from "@/components/Icon";
import { commandOf } from "@/request/command";
import { formLink } from "../shared/links";

/** What was asked for: as a command and as the JSON that the API takes. */
export function RequestView({ job }: { job: Job }) {
  const { t } = useTranslation();
  const catalog = useQuery(catalogQuery);
  const { request } = job;
  if (!request) return <Text c="dimmed">{t("job.request.none")}</Text>;
  return (
    <Stack>
      {catalog.isPending ? (
        <Skeleton h={60} />
      ) : (
        <Command
          label={t("job.request.command")}
          text={commandOf(job.task, request, catalog.data?.fields ?? [])}
        />
      )}
      <Command label={t("job.request.json")} text={JSON.stringify(request, null, 2)} />
      <Group>
        <Button
          component={Link}
          to={formLink(job)}
          variant="default"
          leftSection={<Icon name="copy" size={16} />}
        >
          {t("jobs.clone")}
        </Button>
      </Group>
    </Stack>
  );
}
