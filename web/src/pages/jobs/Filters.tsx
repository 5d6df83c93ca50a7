import { Chip, Group as Row, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { countOf, GROUP_NAMES, type Group, groupOf } from "./groups";

interface Props {
  group: Group;
  q: string;
  counts: Record<string, number>;
  focus: boolean;
  onGroup: (group: Group) => void;
  onSearch: (text: string) => void;
}

export function Filters({ group, q, counts, focus, onGroup, onSearch }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [text, setText] = useState(q);
  const field = useRef<HTMLInputElement | null>(null);
  const search = useDebouncedCallback(onSearch, 250);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (focus) field.current?.focus();
  }, [focus]);
  return (
    <Row justify="space-between" gap="sm" align="end">
      <Chip.Group value={group} onChange={(value) => onGroup(groupOf(value))}>
        <Row gap={6} role="radiogroup" aria-label={t("jobs.filter")}>
          {GROUP_NAMES.map((name) => (
            <Chip key={name} value={name} size="sm" variant="outline">
              {t(`jobs.group.${name}`)} {format.number(countOf(name, counts))}
            </Chip>
          ))}
        </Row>
      </Chip.Group>
      <TextInput
        ref={field}
        data-search
        type="search"
        size="sm"
        w={{ base: "100%", sm: 260 }}
        aria-label={t("jobs.search")}
        placeholder={t("jobs.search")}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
      />
    </Row>
  );
}
