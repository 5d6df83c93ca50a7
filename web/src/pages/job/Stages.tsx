import { Box, Group, Paper, Progress, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Job, JobStage } from "@/api/types";
import { announce } from "@/lib/announce";
import { useFormat } from "@/lib/format";
import { hasResult, isActive } from "../shared/jobs";
import { STAGES, type StageName, stageIndex, stageOf } from "../shared/stages";
import { EtaLabel } from "./EtaLabel";
import classes from "./Stages.module.css";

type Phase = "done" | "now" | "failed" | "stopped" | "later";

/** Where a job is: its four stages, what each took, and how far the one at work has come. */
export function Stages({ job }: { job: Job }) {
  const { t } = useTranslation();
  const active = isActive(job.state);
  const at = stageOf(job);
  useAnnounced(job);
  return (
    <Paper withBorder p="md" component="section" aria-label={t("job.stages")}>
      <ol className={classes.steps}>
        {STAGES.map((name, index) => (
          <Step
            key={name}
            name={name}
            index={index}
            phase={phaseOf(job, index, at)}
            stage={job.stages.find((s) => s.name === name)}
            task={job.task}
          />
        ))}
      </ol>
      {active && <Now job={job} />}
    </Paper>
  );
}

function phaseOf(job: Job, index: number, at: number): Phase {
  if (hasResult(job.state)) return "done";
  if (at < 0 || index > at) return "later";
  if (index < at) return "done";
  if (isActive(job.state)) return "now";
  return job.state === "queued" ? "later" : job.state === "failed" ? "failed" : "stopped";
}

interface StepProps {
  name: StageName;
  index: number;
  phase: Phase;
  stage: JobStage | undefined;
  task: Job["task"];
}

const MARKS: Record<Phase, string> = { done: "✓", now: "", failed: "!", stopped: "‖", later: "" };

function Step({ name, index, phase, stage, task }: StepProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts: string[] = [];
  if (stage && stage.total_bytes > 0 && phase !== "later") {
    facts.push(
      phase === "done" || stage.done_bytes >= stage.total_bytes
        ? format.bytes(stage.total_bytes)
        : t("job.ofBytes", { done: format.bytes(stage.done_bytes), total: format.bytes(stage.total_bytes) }),
    );
  }
  if (stage?.seconds != null && phase !== "later") {
    facts.push(format.duration(stage.seconds));
    if (phase === "done" && stage.seconds >= 1 && stage.total_bytes > 0) {
      facts.push(format.rate(stage.total_bytes / stage.seconds));
    }
  }
  const label = name === "run" && task === "export" ? t("job.stage.runExport") : t(`job.stage.${name}`);
  return (
    <li className={classes.step} data-phase={phase} aria-current={phase === "now" ? "step" : undefined}>
      <span className={classes.mark} aria-hidden>
        {MARKS[phase] || index + 1}
      </span>
      <Box className={classes.words}>
        <Text size="sm" fw={600} lh={1.3}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {facts.length > 0 && phase !== "now" ? facts.join(" · ") : t(`job.phase.${phase}`)}
        </Text>
      </Box>
    </li>
  );
}

function Now({ job }: { job: Job }) {
  const { t } = useTranslation();
  const format = useFormat();
  const share = job.total_bytes > 0 ? Math.min(1, job.done_bytes / job.total_bytes) : null;
  const words =
    share === null
      ? t("job.working")
      : t("job.ofBytes", { done: format.bytes(job.done_bytes), total: format.bytes(job.total_bytes) });
  return (
    <Box mt="md">
      <Progress.Root size="lg" aria-hidden={false}>
        <Progress.Section
          value={(share ?? 1) * 100}
          animated={share === null}
          striped={share === null}
          aria-label={t("job.progress")}
          aria-valuenow={share === null ? undefined : Math.round(share * 100)}
          aria-valuetext={words}
        />
      </Progress.Root>
      <Group justify="space-between" gap="xs" mt={6}>
        <Text size="sm" className={classes.numbers}>
          {share !== null && <b>{format.percent(share)}</b>} {words}
          {job.rate > 0 && <> · {format.rate(job.rate)}</>}
        </Text>
        <Text size="sm" className={classes.numbers}>
          <EtaLabel job={job} />
        </Text>
      </Group>
      <Text size="xs" c="dimmed" ff="monospace" truncate mih="1.6em" title={job.tensor ?? undefined}>
        {job.tensor ?? ""}
      </Text>
    </Box>
  );
}

/** Says changes of stage and state aloud, and nothing else. */
function useAnnounced(job: Job) {
  const { t } = useTranslation();
  const key = `${job.state} ${isActive(job.state) ? (job.stage ?? "") : ""}`;
  const said = useRef(key);
  useEffect(() => {
    if (said.current === key) return;
    said.current = key;
    const stage = stageIndex(job.stage);
    const name = STAGES[stage];
    announce(isActive(job.state) && name ? t(`job.stage.${name}`) : t(`state.${job.state}`));
  }, [key, job.stage, job.state, t]);
}
