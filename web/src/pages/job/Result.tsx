import { Alert, Button, Group, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { problemOf } from "@/api/client";
import type { Job } from "@/api/types";
import { ProblemCard } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import { CopyIcon } from "../shared/CopyIcon";
import { receiptQuery } from "../shared/jobsApi";
import type { Receipt } from "../shared/types";
import { countWords } from "./countWords";
import { Inputs, Outputs } from "./Files";
import { LayerChart } from "./LayerChart";
import { TensorTable } from "./TensorTable";
import { UseIt } from "./UseIt";

/** The receipt of a job, in words first. */
export function Result({ job }: { job: Job }) {
  const { data: receipt, error, isPending } = useQuery(receiptQuery(job.id, job.attempt));
  if (isPending) return <Skeleton h={240} />;
  if (error) return <ProblemCard problem={problemOf(error)} />;
  return <Sections job={job} receipt={receipt} />;
}

function Sections({ job, receipt }: { job: Job; receipt: Receipt }) {
  const { t } = useTranslation();
  const changed = receipt.tensors.some((tensor) => tensor.change);
  return (
    <Stack gap="xl">
      <Summary job={job} receipt={receipt} />
      <Section title={t("job.use.title")}>
        <UseIt used={{ output: job.output, base: job.base, adapters: job.adapters }} />
      </Section>
      {changed && (
        <Section title={t("job.chart.title")}>
          <LayerChart tensors={receipt.tensors} />
        </Section>
      )}
      <Section title={t("job.tensors.title")}>
        <TensorTable tensors={receipt.tensors} />
      </Section>
      <Section title={t("job.inputs")}>
        <Inputs receipt={receipt} />
      </Section>
      <Section title={t("job.outputs")}>
        <Outputs files={receipt.files} folder={job.output} />
      </Section>
    </Stack>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}

function Summary({ job, receipt }: { job: Job; receipt: Receipt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { counts } = receipt;
  const bytes = receipt.files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  const values = counts.values_changed + counts.lost_to_rounding;
  return (
    <Paper withBorder p="md">
      <Text fw={650} size="lg">
        {countWords(counts, t).join(t("job.counts.comma"))}
      </Text>
      <Group gap="xs" mt={4} wrap="nowrap" align="center">
        <Text ff="monospace" size="sm" style={{ overflowWrap: "anywhere" }}>
          {job.output}
        </Text>
        <CopyIcon text={job.output} label={t("job.copyPath")} />
      </Group>
      {receipt.skipped.length > 0 && (
        <Alert mt="sm" color="yellow" title={t("job.skipped", { count: receipt.skipped.length })}>
          <Stack gap={2}>
            {receipt.skipped.map((skip) => (
              <Text key={skip.module} size="sm">
                <Text span ff="monospace" inherit>
                  {skip.module}
                </Text>{" "}
                [{skip.code}] {skip.reason}
              </Text>
            ))}
          </Stack>
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, sm: 4 }} mt="md">
        <Fact name={t("job.facts.size")} value={format.bytes(bytes)} />
        <Fact name={t("job.facts.values")} value={format.number(counts.values_changed)} />
        <Fact
          name={t("job.facts.lost")}
          value={values > 0 ? format.percent(counts.lost_to_rounding / values) : "–"}
          note={t("job.facts.lostNote")}
        />
        <Fact
          name={t("job.facts.rows")}
          value={format.number(counts.rows_recomputed)}
          note={t("job.facts.rowsNote")}
        />
      </SimpleGrid>
      <Group mt="md" gap="sm">
        <Button
          component={Link}
          variant="default"
          size="sm"
          to={`/inspect?path=${encodeURIComponent(job.output)}`}
        >
          {t("job.inspectResult")}
        </Button>
        <Button
          component={Link}
          variant="default"
          size="sm"
          to={`/diff?a=${encodeURIComponent(job.base)}&b=${encodeURIComponent(job.output)}`}
        >
          {t("job.diffResult")}
        </Button>
        <Button
          component={Link}
          variant="default"
          size="sm"
          to={`/export?input=${encodeURIComponent(job.output)}`}
        >
          {t("job.exportResult")}
        </Button>
      </Group>
    </Paper>
  );
}

function Fact({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
        {value}
      </Text>
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </div>
  );
}
