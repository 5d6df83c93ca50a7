import { Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Job } from "@/api/types";
import { useFormat } from "@/lib/format";
import { isActive } from "./jobs";
import { STAGES, stageOf } from "./stages";

/** How far a job is in all, with its stage in words. */
export function JobProgress({ job }: { job: Job }) {
  const { t } = useTranslation();
  const format = useFormat();
  const resumable = job.state === "interrupted" || job.state === "cancelled";
  if (!isActive(job.state) && !(resumable && job.overall > 0)) {
    if (job.state !== "queued") return null;
    return (
      <Text size="sm" c="dimmed">
        {job.waiting_for === "memory"
          ? t("jobs.waitsForMemory")
          : t("jobs.position", { n: job.position ?? 1 })}
      </Text>
    );
  }
  const name = STAGES[stageOf(job)];
  const stage = name === undefined ? "" : t(`job.stage.${name}`);
  const share = format.percent(Math.floor(job.overall * 1000) / 1000);
  return (
    <div>
      <Text size="xs" style={{ fontVariantNumeric: "tabular-nums" }}>
        {stage} {share}
      </Text>
      <Progress.Root size="sm">
        <Progress.Section
          value={job.overall * 100}
          color={isActive(job.state) ? undefined : "gray.6"}
          aria-label={t("job.progressOf", { title: job.title })}
          aria-valuetext={`${stage} ${share}`}
        />
      </Progress.Root>
    </div>
  );
}
