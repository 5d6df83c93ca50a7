import { Anchor, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { PREFIX, problemOf } from "@/api/client";
import { ProblemCard } from "@/components/ProblemCard";
import { OperationView } from "./OperationView";
import { type Document, grouped } from "./openapi";
import { SchemaTable } from "./SchemaTable";

async function load(signal: AbortSignal): Promise<Document> {
  const answer = await fetch(`${PREFIX}/openapi.json`, { signal });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return (await answer.json()) as Document;
}

/** The server's own description of itself. */
export function ApiView() {
  const { t } = useTranslation();
  const { hash } = useLocation();
  const { data, error } = useQuery({
    queryKey: ["openapi"],
    queryFn: ({ signal }) => load(signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    // The part that the address names is there only now.
    if (data && hash) document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView();
  }, [data, hash]);
  if (error) return <ProblemCard problem={problemOf(error)} />;
  if (!data) return <Skeleton h={320} />;
  const groups = grouped(data);
  const schemas = Object.entries(data.components?.schemas ?? {}).sort(([a], [b]) => a.localeCompare(b, "en"));
  return (
    <Stack gap="xl">
      <Text size="sm">
        {t("docs.what", { version: data.info.version })}{" "}
        <Anchor href={`${PREFIX}/openapi.json`} size="sm" underline="always">
          openapi.json
        </Anchor>
      </Text>
      {groups.map(([name, entries]) => (
        <section key={name}>
          <Title order={2} size="h4" mb="sm">
            {name}
          </Title>
          <Stack gap="xs">
            {entries.map((entry) => (
              <OperationView key={`${entry.method} ${entry.path}`} entry={entry} />
            ))}
          </Stack>
        </section>
      ))}
      <section>
        <Title order={2} size="h4" mb="sm">
          {t("docs.schemas")}
        </Title>
        <Stack gap="lg">
          {schemas.map(([name, schema]) => (
            <SchemaTable key={name} name={name} schema={schema} />
          ))}
        </Stack>
      </section>
    </Stack>
  );
}
