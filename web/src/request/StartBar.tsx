import { Button, Group, Kbd, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { call, client, problemOf } from "@/api/client";
import { catalogQuery } from "@/api/hooks";
import type { Fields } from "@/api/types";
import { CopyButton } from "@/components/CopyButton";
import { Icon } from "@/components/Icon";
import { ProblemCard } from "@/components/ProblemCard";
import { announce } from "@/lib/announce";
import { remember } from "@/lib/recents";
import { useRunShortcut } from "@/lib/shortcuts";
import { commandOf } from "./command";
import { outputTaken } from "./fixes";
import type { Task } from "./form";
import { SaveRecipe } from "./SaveRecipe";
import classes from "./StartBar.module.css";
import type { Check } from "./usePlan";
import { STARTING } from "./useRequestForm";

interface Props {
  task: Task;
  fields: Fields;
  check: Check;
}

/** Why the button does nothing, in words; `null` when it works. */
function useReason(check: Check): string | null {
  const { t } = useTranslation();
  const first = check.missing[0];
  if (first) return t(`plan.missing.${first}`);
  if (check.verdict === "checking") return t("start.checking");
  if (check.verdict === "unreachable") return t("start.unreachable");
  if (check.verdict === "refused") {
    const problems = check.preflight?.problems ?? [];
    return t(problems.length === 1 && outputTaken(problems) ? "start.decide" : "start.refused");
  }
  return null;
}

function rememberPaths(fields: Fields) {
  for (const path of [fields.base_model_path, fields.input_path]) remember("model", String(path ?? ""));
  for (const path of [fields.adapter_path].flat()) remember("adapter", String(path ?? ""));
  remember("output", String(fields.output_path ?? ""));
}

/** The button that starts it, and ways to take the request along. */
export function StartBar({ task, fields, check }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const catalog = useQuery(catalogQuery);
  const [saving, save] = useDisclosure(false);
  const reason = useReason(check);
  const id = useId();
  const start = useMutation({
    mutationKey: STARTING,
    mutationFn: () => call(client.POST("/jobs", { body: fields })),
    onSuccess: async (job) => {
      rememberPaths(fields);
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      await navigate(`/jobs/${job.id}`);
    },
  });
  const run = () => {
    if (reason) announce(reason);
    else if (!start.isPending) start.mutate();
  };
  useRunShortcut(run);

  return (
    <Stack gap="sm" className={classes.root}>
      {start.error && <ProblemCard problem={problemOf(start.error)} />}
      <Button
        size="md"
        fullWidth
        leftSection={<Icon name="play" />}
        onClick={run}
        loading={start.isPending}
        // It stays reachable, so that the reason can be read where the button is.
        aria-disabled={reason !== null}
        data-disabled={reason !== null || undefined}
        aria-describedby={id}
      >
        {t(`start.${task}`)}
      </Button>
      <Text id={id} size="sm" c="dimmed" ta="center">
        {reason ?? (
          <>
            <Kbd>Ctrl/⌘</Kbd> <Kbd>Enter</Kbd>
          </>
        )}
      </Text>
      <Group gap={6} justify="center">
        <CopyButton text={commandOf(task, fields, catalog.data?.fields)} label={t("start.copyCommand")} />
        <CopyButton text={JSON.stringify(fields, null, 2)} label={t("start.copyJson")} />
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="recipes" size={15} />}
          onClick={save.open}
        >
          {t("start.saveRecipe")}
        </Button>
      </Group>
      <SaveRecipe opened={saving} onClose={save.close} fields={fields} />
    </Stack>
  );
}
