import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { JobState } from "@/api/types";
import { Icon, type IconName } from "./Icon";
import classes from "./StateBadge.module.css";

const LOOKS: Record<JobState, { icon: IconName; tone: "ok" | "warn" | "bad" | "busy" | "quiet" }> = {
  queued: { icon: "clock", tone: "quiet" },
  planning: { icon: "play", tone: "busy" },
  running: { icon: "play", tone: "busy" },
  verifying: { icon: "inspect", tone: "busy" },
  done: { icon: "check", tone: "ok" },
  partial: { icon: "warn", tone: "warn" },
  failed: { icon: "cross", tone: "bad" },
  cancelled: { icon: "stop", tone: "quiet" },
  interrupted: { icon: "pause", tone: "warn" },
};

interface Props {
  state: JobState;
  /** Why it is interrupted. */
  cause?: string | null;
}

/** State of a job: a drawing, a word, and only then a colour. */
export function StateBadge({ state, cause }: Props) {
  const { t } = useTranslation();
  const look = LOOKS[state];
  const causes = ["paused", "crash", "stopped", "disk"] as const;
  const known = causes.find((c) => c === cause);
  return (
    <Group component="span" gap={5} wrap="nowrap" className={classes.root} data-tone={look.tone}>
      <Icon name={look.icon} size={14} />
      <Text span inherit>
        {state === "interrupted" && known ? t(`cause.${known}`) : t(`state.${state}`)}
      </Text>
    </Group>
  );
}
