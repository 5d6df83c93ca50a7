import { Stack, Tabs, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import type { Job } from "@/api/types";
import { ProblemCard } from "@/components/ProblemCard";
import { JobProgress } from "../shared/JobProgress";
import { fixedLink } from "../shared/links";
import { LogView } from "./LogView";
import type { EventLine } from "./log";
import { RequestView } from "./RequestView";
import { Result } from "./Result";
import { Stages } from "./Stages";

const TABS = ["result", "log", "request"] as const;
type Tab = (typeof TABS)[number];

interface Props {
  job: Job;
  onLine: (line: EventLine) => void;
}

export function Body({ job, onLine }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const asked = TABS.find((tab) => tab === params.get("tab"));
  const tab: Tab =
    asked && (asked !== "result" || job.has_receipt) ? asked : job.has_receipt ? "result" : "log";
  const problems = job.problems ?? [];
  const warnings = job.warnings ?? [];
  const choose = (value: string | null) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        next.set("tab", value ?? "log");
        return next;
      },
      { replace: true },
    );
  return (
    <Stack gap="lg">
      {problems.map((problem) => (
        <ProblemCard
          key={`${problem.code} ${problem.place ?? ""} ${problem.what}`}
          problem={problem}
          onFix={(fix) => void navigate(fixedLink(job, fix, problem))}
        />
      ))}
      {job.state === "queued" && <JobProgress job={job} />}
      {job.state !== "queued" && <Stages job={job} />}
      {job.state === "interrupted" && problems.length === 0 && <Text size="sm">{t("job.resumable")}</Text>}
      {warnings.map((problem) => (
        <ProblemCard
          key={`${problem.code} ${problem.place ?? ""} ${problem.what}`}
          problem={problem}
          severity="warning"
          onFix={(fix) => void navigate(fixedLink(job, fix, problem))}
        />
      ))}
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List mb="md">
          {job.has_receipt && <Tabs.Tab value="result">{t("job.tab.result")}</Tabs.Tab>}
          <Tabs.Tab value="log">{t("job.tab.log")}</Tabs.Tab>
          <Tabs.Tab value="request">{t("job.tab.request")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="result">
          <Result job={job} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogView job={job} onLine={onLine} />
        </Tabs.Panel>
        <Tabs.Panel value="request">
          <RequestView job={job} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
