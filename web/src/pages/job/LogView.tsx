import { Button, Group, Paper, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useCallback, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { PREFIX } from "@/api/client";
import type { Job } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { isEnded } from "../shared/jobs";
import { useWindow } from "../shared/useWindow";
import { atEnd } from "../shared/window";
import classes from "./LogView.module.css";
import { type EventLine, LEVELS, type Level, levelOf } from "./log";
import { lineText } from "./logText";
import { type Log, useLog } from "./useLog";

const ROW = 22;
/** Older lines are asked for when fewer rows than this lie above. */
const NEAR_TOP = 60;

interface Props {
  job: Job;
  onLine: (line: EventLine) => void;
}

export function LogView({ job, onLine }: Props) {
  const { t } = useTranslation();
  const [level, setLevel] = useState<Level>("info");
  const [search, setSearch] = useState("");
  const [text] = useDebouncedValue(search.trim(), 300);
  const [following, setFollowing] = useState(true);
  const log = useLog({ id: job.id, ended: isEnded(job.state), filter: { level, text }, following, onLine });
  return (
    <div>
      <Group gap="sm" mb="sm" align="end">
        <SegmentedControl
          size="xs"
          aria-label={t("job.log.level")}
          value={level}
          onChange={(value) => setLevel(value as Level)}
          data={LEVELS.map((value) => ({ value, label: t(`job.log.levels.${value}`) }))}
        />
        <TextInput
          size="xs"
          flex="1 1 160px"
          type="search"
          aria-label={t("job.log.search")}
          placeholder={t("job.log.search")}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button
          component="a"
          size="xs"
          variant="default"
          href={`${PREFIX}/jobs/${encodeURIComponent(job.id)}/log`}
          download={`${job.id}.log`}
        >
          {t("job.log.download")}
        </Button>
      </Group>
      <FeedNote log={log} />
      <Lines
        key={`${level} ${text}`}
        log={log}
        following={following}
        setFollowing={setFollowing}
        filtered={text !== ""}
      />
    </div>
  );
}

function FeedNote({ log }: { log: Log }) {
  const { t } = useTranslation();
  if (log.feed !== "offline") {
    return log.feed === "polling" ? (
      <Text size="xs" c="dimmed" mb="xs">
        {t("job.log.polling")}
      </Text>
    ) : null;
  }
  return (
    <Paper withBorder p="xs" mb="sm" role="status">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{t("job.log.offline")}</Text>
        <Button size="compact-sm" variant="default" onClick={log.retry}>
          {t("job.log.retry")}
        </Button>
      </Group>
    </Paper>
  );
}

interface LinesProps {
  log: Log;
  following: boolean;
  setFollowing: (following: boolean) => void;
  filtered: boolean;
}

function Lines({ log, following, setFollowing, filtered }: LinesProps) {
  const { t, i18n } = useTranslation();
  const { lines, loadOlder } = log;
  const view = useWindow(lines.length, ROW);
  const [picked, setPicked] = useState<number | null>(null);
  const first = lines[0]?.id;
  const before = useRef({ first, count: lines.length });

  useLayoutEffect(() => {
    const box = view.ref.current;
    const old = before.current;
    before.current = { first, count: lines.length };
    if (!box) return;
    if (following) {
      box.scrollTop = box.scrollHeight;
    } else if (old.first !== undefined && first !== undefined && first < old.first) {
      // Lines came in above: what the reader looks at must not move.
      const added = lines.findIndex((line) => line.id === old.first);
      box.scrollTop += Math.max(0, added) * ROW;
    }
    view.onScroll();
  }, [first, lines, following, view.ref, view.onScroll]);

  const onScroll = useCallback(() => {
    view.onScroll();
    const box = view.ref.current;
    if (!box) return;
    const end = atEnd(box.scrollTop, box.clientHeight, box.scrollHeight);
    if (end !== following && !(end && log.detached)) setFollowing(end);
    if (box.scrollTop < NEAR_TOP * ROW) loadOlder();
  }, [view.onScroll, view.ref, following, log.detached, setFollowing, loadOlder]);

  const jump = () => {
    setFollowing(true);
    log.toEnd();
  };
  const pick = (index: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    const box = view.ref.current;
    if (!line || !box) return;
    setPicked(line.id);
    const top = lines.indexOf(line) * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = lines.findIndex((line) => line.id === picked);
    if (event.key === "ArrowDown") pick(at < 0 ? view.start : at + 1);
    else if (event.key === "ArrowUp") pick(at < 0 ? lines.length - 1 : at - 1);
    else if (event.key === "End") jump();
    else if (event.key === "Escape") setPicked(null);
    else return;
    event.preventDefault();
  };
  const chosen = lines.find((line) => line.id === picked);
  return (
    <div>
      <div className={classes.frame}>
        <div
          ref={view.ref}
          className={classes.box}
          onScroll={onScroll}
          onKeyDown={onKeyDown}
          role="listbox"
          tabIndex={0}
          aria-label={t("job.log.title")}
          aria-activedescendant={chosen ? `line-${chosen.id}` : undefined}
        >
          <div role="presentation" style={{ paddingTop: view.before, paddingBottom: view.after }}>
            {lines.slice(view.start, view.end).map((line, i) => (
              <Line
                key={line.id}
                line={line}
                text={lineText(line, t, i18n.language)}
                selected={line.id === picked}
                position={[view.start + i + 1, lines.length]}
                onPick={setPicked}
              />
            ))}
          </div>
          {lines.length === 0 && (
            <Text size="sm" c="dimmed" p="md" ff="text" role="presentation">
              {log.loading ? t("job.log.loading") : filtered ? t("job.log.nothing") : t("job.log.empty")}
            </Text>
          )}
        </div>
        {!following && (
          <Button size="xs" className={classes.jump} onClick={jump}>
            {log.unseen > 0 ? t("job.log.jumpNew", { count: log.unseen }) : t("job.log.jump")}
          </Button>
        )}
      </div>
      {chosen && (
        <Paper withBorder mt="xs">
          <Group justify="flex-end" px="xs" pt="xs">
            <CopyButton text={JSON.stringify(chosen)} label={t("job.log.copyLine")} size="compact-xs" />
            <Button size="compact-xs" variant="subtle" onClick={() => setPicked(null)}>
              {t("job.log.closeLine")}
            </Button>
          </Group>
          <pre className={classes.detail}>{lineText(chosen, t, i18n.language)}</pre>
        </Paper>
      )}
    </div>
  );
}

interface LineProps {
  line: EventLine;
  text: string;
  selected: boolean;
  position: [number, number];
  onPick: (id: number) => void;
}

function Line({ line, text, selected, position, onPick }: LineProps) {
  const { t } = useTranslation();
  const level = levelOf(line);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the active line.
    <div
      id={`line-${line.id}`}
      role="option"
      aria-selected={selected}
      aria-posinset={position[0]}
      aria-setsize={position[1]}
      className={classes.line}
      data-level={level}
      onClick={() => onPick(line.id)}
    >
      <span className={classes.time}>{clock(line.t)}</span>
      <span className={classes.level}>{t(`job.log.levels.${level}`)}</span>
      <span className={classes.text}>{text}</span>
    </div>
  );
}

function clock(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
