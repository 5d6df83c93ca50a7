import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { call, client, problemOf } from "@/api/client";
import type { Fields } from "@/api/types";
import { Icon } from "@/components/Icon";
import { ProblemCard } from "@/components/ProblemCard";

interface Props {
  fields: Fields | null;
  name: string;
}

/** Queues a recipe as it stands. */
export function RunButton({ fields, name }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const run = useMutation({
    mutationFn: () => call(client.POST("/jobs", { body: fields ?? {} })),
    onSuccess: (job) => void navigate(`/jobs/${job.id}`),
  });
  return (
    <>
      <Button
        size="xs"
        leftSection={<Icon name="play" size={14} />}
        disabled={fields === null}
        loading={run.isPending}
        onClick={() => run.mutate()}
        aria-label={t("recipes.runNamed", { name })}
      >
        {t("recipes.run")}
      </Button>
      {run.error && <ProblemCard problem={problemOf(run.error)} />}
    </>
  );
}
