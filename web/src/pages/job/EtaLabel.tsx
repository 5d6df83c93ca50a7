import { useTranslation } from "react-i18next";
import type { Job } from "@/api/types";
import { useFormat } from "@/lib/format";
import { isActive } from "../shared/jobs";
import { useEta } from "./useEta";

/** `about 2 min left, done at 14:32`. */
export function EtaLabel({ job, short = false }: { job: Job; short?: boolean }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const eta = useEta(job, isActive(job.state));
  if (eta === null) return null;
  if (eta.kind === "estimating") return t("job.eta.estimating");
  if (eta.kind === "soon") return t("job.eta.soon");
  const clock = new Intl.DateTimeFormat(i18n.language === "zh" ? "zh-CN" : "en", {
    ...(eta.otherDay ? { weekday: "short" } : {}),
    hour: "2-digit",
    minute: "2-digit",
  }).format(eta.end);
  const left = format.duration(eta.left);
  return short ? t("job.eta.short", { left }) : t("job.eta.at", { left, clock });
}
