import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
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
  const [asking, ask] = useDisclosure(false);
  const replaces = fields?.if_exists === "replace";
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
        onClick={() => (replaces ? ask.open() : run.mutate())}
        aria-label={t("recipes.runNamed", { name })}
      >
        {t("recipes.run")}
      </Button>
      <Modal
        opened={asking}
        onClose={ask.close}
        title={t("recipes.replaceTitle")}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Stack>
          <Text>{t("recipes.replaceHint", { path: String(fields?.output_path ?? "") })}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={ask.close} data-autofocus>
              {t("app.cancel")}
            </Button>
            <Button color="red.9" loading={run.isPending} onClick={() => run.mutate()}>
              {t("recipes.replaceRun")}
            </Button>
          </Group>
        </Stack>
      </Modal>
      {run.error && <ProblemCard problem={problemOf(run.error)} />}
    </>
  );
}
