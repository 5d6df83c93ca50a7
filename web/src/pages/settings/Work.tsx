import { Button, Group, NumberInput, SimpleGrid, Text } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import type { Settings, System } from "@/api/types";
import { ProblemCard } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import { Block } from "./Block";
import { useSave } from "./useSave";

const GB = 1e9;
const WORKERS_MAX = 64;

interface Props {
  settings: Settings;
  system: System;
}

/** How many jobs run at once, and how much memory they may take together. */
export function Work({ settings, system }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const save = useSave(settings);
  const [workers, setWorkers] = useState<number | string>(settings.workers);
  const kept = settings.memory_limit ?? null;
  const [limit, setLimit] = useState<number | string>(kept === null ? "" : kept / GB);
  useEffect(() => setWorkers(settings.workers), [settings.workers]);
  useEffect(() => setLimit(kept === null ? "" : kept / GB), [kept]);
  const memory = typeof limit === "number" && limit > 0 ? Math.round(limit * GB) : null;
  const changed = workers !== settings.workers || memory !== kept;
  const valid = typeof workers === "number" && workers >= 1 && workers <= WORKERS_MAX;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typeof workers === "number") save.mutate({ workers, memory_limit: memory });
  };
  return (
    <Block title={t("settings.work")} lead={t("settings.workLead")}>
      <form onSubmit={submit}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberInput
            label={t("settings.workers")}
            description={t("settings.workersNote", { count: system.processors })}
            min={1}
            max={WORKERS_MAX}
            allowDecimal={false}
            value={workers}
            onChange={setWorkers}
            error={valid ? undefined : t("settings.workersBad", { max: WORKERS_MAX })}
          />
          <NumberInput
            label={t("settings.memory")}
            description={t("settings.memoryNote", { total: format.bytes(system.memory.total_bytes ?? 0) })}
            min={0}
            decimalScale={2}
            suffix=" GB"
            placeholder={t("settings.memoryNone")}
            value={limit}
            onChange={setLimit}
          />
        </SimpleGrid>
        {save.error && <ProblemCard problem={problemOf(save.error)} />}
        <Group mt="md" gap="sm">
          <Button type="submit" loading={save.isPending} disabled={!changed || !valid}>
            {t("settings.save")}
          </Button>
          <Text size="sm" c="dimmed">
            {changed ? t("settings.unsaved") : save.isSuccess ? t("settings.saved") : ""}
          </Text>
        </Group>
      </form>
    </Block>
  );
}
