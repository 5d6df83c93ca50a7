import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { problemOf } from "@/api/client";
import { Icon } from "@/components/Icon";
import { PathInput } from "@/components/PathInput";
import { ProblemCard } from "@/components/ProblemCard";
import { withParams } from "../shared/links";
import { lookQuery } from "./query";
import type { AdapterInspection, Tried } from "./types";

interface Props {
  view: AdapterInspection;
  path: string;
}

/** Bases that the adapter fits, and a field to try another one. */
export function Bases({ view, path }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(() => (view.base_model?.includes("/") ? view.base_model : ""));
  const [base, setBase] = useState("");
  const tried = useQuery({ ...lookQuery(path, { base }), enabled: base !== "" });
  const more = tried.data?.kind === "adapter" ? tried.data.bases : [];
  const known = view.bases.filter((one) => !more.some((other) => other.base === one.base));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBase(typed.trim());
  };
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("inspect.bases")}
      </Title>
      <form onSubmit={submit}>
        <Group align="end" gap="sm" mb="sm">
          <div style={{ flex: "1 1 240px", minWidth: 0 }}>
            <PathInput kind="model" label={t("inspect.tryBase")} value={typed} onChange={setTyped} />
          </div>
          <Button type="submit" variant="default" loading={tried.isFetching} disabled={typed.trim() === ""}>
            {t("inspect.try")}
          </Button>
        </Group>
      </form>
      {tried.error && <ProblemCard problem={problemOf(tried.error)} />}
      <Stack gap="xs">
        {[...more, ...known].map((one) => (
          <Candidate key={one.base} tried={one} adapter={path} />
        ))}
      </Stack>
    </section>
  );
}

function Candidate({ tried, adapter }: { tried: Tried; adapter: string }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="sm">
        <Group gap={8}>
          <Icon
            name={tried.fits ? "check" : "cross"}
            label={tried.fits ? t("inspect.fits") : t("inspect.fitsNot")}
          />
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {tried.base}
          </Text>
        </Group>
        {tried.fits && (
          <Button component={Link} size="xs" to={withParams("/merge", { base: tried.base, adapter })}>
            {t("inspect.mergeThese")}
          </Button>
        )}
      </Group>
      {tried.fits ? (
        <Text size="sm" c="dimmed">
          {t("inspect.wouldChange", { count: tried.changed, names: tried.names })}
        </Text>
      ) : null}
      <Stack gap="xs" mt="xs">
        {(tried.fits ? tried.warnings : tried.problems).map((problem) => (
          <ProblemCard
            key={`${problem.code} ${problem.what}`}
            problem={problem}
            severity={tried.fits ? "warning" : "refusal"}
          />
        ))}
      </Stack>
    </Paper>
  );
}
