import {
  Alert,
  Badge,
  Breadcrumbs,
  Button,
  Group,
  Loader,
  Modal,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import { filesQuery } from "@/api/hooks";
import type { Entry } from "@/api/types";
import { useFormat } from "@/lib/format";
import { baseName, join, parentOf } from "@/lib/paths";
import type { PathKind } from "@/lib/recents";
import classes from "./FileBrowser.module.css";
import { Icon } from "./Icon";
import { ProblemCard } from "./ProblemCard";

interface Props {
  opened: boolean;
  onClose: () => void;
  onChoose: (path: string) => void;
  kind: PathKind;
  title: string;
  /** Where to begin. */
  start: string;
}

/** Folders and files below the allowed roots. Mounted anew each time that it is opened. */
export function FileBrowser({ opened, onClose, title, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size="lg"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {opened && <Browser onClose={onClose} {...rest} />}
    </Modal>
  );
}

function Browser({ onClose, onChoose, kind, start }: Omit<Props, "opened" | "title">) {
  const { t } = useTranslation();
  const [folder, setFolder] = useState<string | null>(start.startsWith("/") ? parentOf(start) || null : null);
  const [filter, setFilter] = useState("");
  const [name, setName] = useState(kind === "output" ? baseName(start) : "");
  const listing = useQuery(filesQuery(folder));
  const list = useRef<HTMLDivElement>(null);

  const go = (path: string | null) => {
    setFolder(path);
    setFilter("");
  };
  const choose = (path: string) => {
    onChoose(path);
    onClose();
  };
  const wanted = filter.toLowerCase();
  const entries = (listing.data?.entries ?? []).filter((entry) => entry.name.toLowerCase().includes(wanted));

  return (
    <>
      <Trail folder={folder} onGo={go} />
      <TextInput
        label={t("files.filter")}
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") list.current?.querySelector("button")?.focus();
        }}
        mt="xs"
        data-autofocus
      />
      {listing.error && (
        <div className={classes.list}>
          <ProblemCard
            problem={problemOf(listing.error)}
            actions={
              <Button size="xs" variant="light" onClick={() => go(null)}>
                {t("files.roots")}
              </Button>
            }
          />
        </div>
      )}
      {!listing.error && (
        <Entries
          ref={list}
          entries={entries}
          loading={listing.isPending}
          onUp={folder === null ? undefined : () => go(listing.data?.parent ?? null)}
          onOpen={(entry) => (entry.kind === "dir" ? go(entry.path) : choose(entry.path))}
          onChoose={kind === "output" ? undefined : choose}
          filesCount={kind !== "output"}
        />
      )}
      {listing.data?.truncated && <Alert color="gray">{t("files.truncated")}</Alert>}
      {kind === "output" && (
        <TextInput
          label={t("files.newName")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          mt="sm"
        />
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {t("app.cancel")}
        </Button>
        <Button
          disabled={folder === null || (kind === "output" && !name.trim())}
          onClick={() => folder && choose(kind === "output" ? join(folder, name.trim()) : folder)}
        >
          {kind === "output" ? t("files.useHere") : t("files.chooseFolder")}
        </Button>
      </Group>
    </>
  );
}

function Trail({ folder, onGo }: { folder: string | null; onGo: (path: string | null) => void }) {
  const { t } = useTranslation();
  const parts = folder?.split("/").filter(Boolean) ?? [];
  return (
    <nav aria-label={t("files.where")}>
      <Breadcrumbs separator="/" separatorMargin={4} className={classes.trail}>
        <UnstyledButton className={classes.crumb} onClick={() => onGo(null)}>
          {t("files.roots")}
        </UnstyledButton>
        {parts.map((part, i) => {
          const path = `/${parts.slice(0, i + 1).join("/")}`;
          return (
            <UnstyledButton key={path} className={classes.crumb} onClick={() => onGo(path)}>
              {part}
            </UnstyledButton>
          );
        })}
      </Breadcrumbs>
    </nav>
  );
}

interface EntriesProps {
  ref: React.Ref<HTMLDivElement>;
  entries: Entry[];
  loading: boolean;
  filesCount: boolean;
  onUp?: () => void;
  onOpen: (entry: Entry) => void;
  /** Takes a folder without opening it. */
  onChoose?: (path: string) => void;
}

function Entries({ ref, entries, loading, filesCount, onUp, onOpen, onChoose }: EntriesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === "Backspace" && onUp) onUp();
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
    const at = rows.indexOf(document.activeElement as HTMLButtonElement);
    rows[Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the buttons inside
    <div ref={ref} className={classes.list} onKeyDown={onKeyDown}>
      {onUp && (
        <UnstyledButton className={classes.row} onClick={onUp}>
          <Icon name="up" />
          <span>{t("files.up")}</span>
        </UnstyledButton>
      )}
      {loading && <Loader size="sm" m="sm" />}
      {!loading && entries.length === 0 && (
        <Text c="dimmed" p="sm" size="sm">
          {t("files.empty")}
        </Text>
      )}
      {entries.map((entry) => (
        <div key={entry.path} className={classes.line}>
          <UnstyledButton
            className={classes.row}
            disabled={entry.kind === "file" && !filesCount}
            onClick={() => onOpen(entry)}
          >
            <Icon name={entry.kind === "dir" ? "folder" : "file"} />
            <span className={classes.name}>{entry.name}</span>
            {entry.looks && (
              <Badge variant="light" size="sm" tt="none">
                {t(`files.looks.${entry.looks}`)}
              </Badge>
            )}
            {typeof entry.bytes === "number" && entry.kind === "file" && (
              <Text span size="xs" c="dimmed">
                {format.bytes(entry.bytes)}
              </Text>
            )}
          </UnstyledButton>
          {entry.looks && entry.kind === "dir" && onChoose && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={t("files.chooseNamed", { name: entry.name })}
              onClick={() => onChoose(entry.path)}
            >
              {t("files.choose")}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
