import { Paper, Progress, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import { systemQuery } from "@/api/hooks";
import { ProblemCard } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";

/** Room for results and for work: disk and memory of the machine that the server runs on. */
export function Machine() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data, error } = useQuery({ ...systemQuery, refetchInterval: 15_000 });
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("home.machine")}
      </Title>
      {error && !data && <ProblemCard problem={problemOf(error)} />}
      {!data && !error && <Skeleton h={120} />}
      {data && (
        <Paper withBorder p="md">
          <Stack gap="md">
            <Gauge
              name={t("home.memory")}
              free={data.memory.available_bytes ?? null}
              total={data.memory.total_bytes ?? null}
            />
            {data.roots.map((root) => (
              <Gauge
                key={root.path}
                name={root.path}
                mono
                free={root.free_bytes ?? null}
                total={root.total_bytes ?? null}
              />
            ))}
            <Text size="xs" c="dimmed">
              {t("home.processors", { count: data.processors })} ·{" "}
              {t("home.workers", { count: data.workers })}
              {data.server_bytes != null &&
                ` · ${t("home.server", { bytes: format.bytes(data.server_bytes) })}`}
            </Text>
          </Stack>
        </Paper>
      )}
    </section>
  );
}

interface GaugeProps {
  name: string;
  free: number | null;
  total: number | null;
  mono?: boolean;
}

function Gauge({ name, free, total, mono }: GaugeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const known = free !== null && total !== null && total > 0;
  const words = known
    ? t("home.free", { free: format.bytes(free), total: format.bytes(total) })
    : t("home.unknown");
  const used = known ? 1 - free / total : 0;
  return (
    <div>
      <Text size="sm" ff={mono ? "monospace" : undefined} style={{ overflowWrap: "anywhere" }}>
        {name}
      </Text>
      <Progress.Root size="md">
        <Progress.Section
          value={used * 100}
          color={used > 0.95 ? "red.8" : undefined}
          aria-label={t("home.used", { name })}
          aria-valuetext={words}
        />
      </Progress.Root>
      <Text size="xs" c="dimmed">
        {words}
        {used > 0.95 && ` · ${t("home.nearlyFull")}`}
      </Text>
    </div>
  );
}
