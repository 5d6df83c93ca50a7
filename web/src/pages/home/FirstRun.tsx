import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, client } from "@/api/client";
import { Command } from "@/components/Command";
import { Icon } from "@/components/Icon";
import { join, parentOf } from "@/lib/paths";
import { withParams } from "../shared/links";
import { type Demo, demoIn, foldersToLookIn } from "./demo";

/** Looks for the demo's models below the roots, one folder deep. */
async function findDemo(signal: AbortSignal): Promise<Demo | null> {
  const list = (path?: string) =>
    call(client.GET("/files", { params: { query: path === undefined ? {} : { path } }, signal }));
  const roots = await list();
  for (const root of roots.entries) {
    const here = await list(root.path).catch(() => null);
    if (!here) continue;
    const found = demoIn(here.entries);
    if (found) return found;
    for (const folder of foldersToLookIn(here.entries)) {
      const below = await list(folder).catch(() => null);
      const demo = below && demoIn(below.entries);
      if (demo) return demo;
    }
  }
  return null;
}

/** What to do when nothing was done yet. */
export function FirstRun() {
  const { t } = useTranslation();
  const { data: demo, isPending } = useQuery({
    queryKey: ["demo"],
    queryFn: ({ signal }) => findDemo(signal),
    staleTime: 60_000,
    retry: false,
  });
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="first">
      <Title order={2} size="h4" id="first">
        {t("home.first.title")}
      </Title>
      <Text mt={4} maw={720}>
        {demo ? t("home.first.found") : t("home.first.what")}
      </Text>
      {demo ? (
        <Stack gap="sm" mt="sm">
          <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
            {demo.base}
            <br />
            {demo.adapter}
          </Text>
          <Group>
            <Button
              component={Link}
              leftSection={<Icon name="merge" size={16} />}
              to={withParams("/merge", {
                base: demo.base,
                adapter: demo.adapter,
                output: join(parentOf(demo.base), "my-first-merge"),
              })}
            >
              {t("home.first.merge")}
            </Button>
            <Button component={Link} variant="default" to={withParams("/inspect", { path: demo.adapter })}>
              {t("home.first.inspect")}
            </Button>
          </Group>
        </Stack>
      ) : (
        !isPending && (
          <Stack gap="sm" mt="sm">
            <Text size="sm">{t("home.first.demo")}</Text>
            <Command text="weldlm demo ./demo" />
            <Group>
              <Button component={Link} to="/merge" leftSection={<Icon name="merge" size={16} />}>
                {t("home.first.own")}
              </Button>
            </Group>
          </Stack>
        )
      )}
    </Paper>
  );
}
