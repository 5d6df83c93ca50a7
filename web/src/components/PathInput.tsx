import { ActionIcon, Autocomplete, Tooltip } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type DragEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { filesQuery, modelsQuery } from "@/api/hooks";
import { announce } from "@/lib/announce";
import { droppedPath, parentOf } from "@/lib/paths";
import { type PathKind, recents } from "@/lib/recents";
import { FileBrowser } from "./FileBrowser";
import { Icon } from "./Icon";

const SHOWN = 30;

interface Props {
  label: string;
  description?: ReactNode;
  /** Tied to the field by aria-describedby. */
  error?: ReactNode;
  value: string;
  onChange: (value: string) => void;
  kind: PathKind;
  placeholder?: string;
  required?: boolean;
  /** For a list of paths, whose label stands above the list. */
  hideLabel?: boolean;
  id?: string;
}

/** Suggestions: paths used lately, models of the hub cache, and what lies in the folder being typed. */
function useSuggestions(value: string, kind: PathKind, active: boolean) {
  const { t } = useTranslation();
  const models = useQuery({ ...modelsQuery, enabled: active && kind !== "output" });
  const [typed] = useDebouncedValue(value, 200);
  const folder = typed.startsWith("/") ? parentOf(`${typed}x`) || "/" : null;
  const below = useQuery({ ...filesQuery(folder), enabled: active && folder !== null });

  const seen = new Set<string>();
  const fresh = (items: string[]) =>
    items.filter((item) => item !== value && !seen.has(item) && seen.add(item));
  const wanted = value.toLowerCase();
  const matching = (items: string[]) => fresh(items.filter((item) => item.toLowerCase().includes(wanted)));
  const entries = below.data?.entries ?? [];
  const folders = entries.filter((e) => e.kind === "dir" || /\.(safetensors|bin|pt|pth|json)$/.test(e.name));
  return [
    { group: t("files.recent"), items: matching(recents(kind)) },
    {
      group: t("files.cached"),
      items: matching((models.data ?? []).map((model) => model.id)).slice(0, SHOWN),
    },
    { group: t("files.onDisk"), items: matching(folders.map((e) => e.path)).slice(0, SHOWN) },
  ].filter(({ items }) => items.length > 0);
}

/** A path or id: typed, chosen from a list, browsed for, or dropped here. */
export function PathInput({ value, onChange, kind, label, hideLabel, ...rest }: Props) {
  const { t } = useTranslation();
  const [browsing, browser] = useDisclosure(false);
  const [active, setActive] = useState(false);
  const [over, setOver] = useState(false);
  const data = useSuggestions(value, kind, active);

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const path = droppedPath(event.dataTransfer);
    if (path) onChange(path);
    else announce(t("files.noPathDropped"));
  };

  return (
    <>
      <Autocomplete
        {...rest}
        {...(hideLabel ? { "aria-label": label } : { label })}
        value={value}
        onChange={onChange}
        data={data}
        // They are filtered already.
        filter={({ options }) => options}
        maxDropdownHeight={300}
        spellCheck={false}
        autoCapitalize="off"
        onFocus={() => setActive(true)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        styles={
          over ? { input: { borderColor: "var(--mantine-primary-color-filled)", borderWidth: 2 } } : undefined
        }
        rightSectionWidth={42}
        rightSectionPointerEvents="all"
        rightSection={
          <Tooltip label={t("files.browse")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("files.browseFor", { label })}
              onClick={browser.open}
            >
              <Icon name="folder" />
            </ActionIcon>
          </Tooltip>
        }
      />
      <FileBrowser
        opened={browsing}
        onClose={browser.close}
        onChoose={onChange}
        kind={kind}
        title={t("files.browseFor", { label })}
        start={value}
      />
    </>
  );
}
