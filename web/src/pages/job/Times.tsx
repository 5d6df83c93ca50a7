import { useTranslation } from "react-i18next";
import type { Job } from "@/api/types";
import { useFormat } from "@/lib/format";
import { secondsOf, useNow } from "../shared/duration";
import { isActive } from "../shared/jobs";

/** `started 14:20:03 · took 2 min 10 s`. */
export function Times({ job }: { job: Job }) {
  const { t } = useTranslation();
  const format = useFormat();
  const active = isActive(job.state);
  const seconds = secondsOf(job, useNow(active));
  const words = job.started
    ? [t("job.started", { time: format.time(job.started) })]
    : [t("job.created", { time: format.time(job.created) })];
  if (seconds !== null) {
    const time = format.duration(seconds);
    words.push(active ? t("job.runningFor", { time }) : t("job.took", { time }));
  }
  if (job.attempt > 1) words.push(t("job.attempt", { n: job.attempt }));
  return <span>{words.join(" · ")}</span>;
}
