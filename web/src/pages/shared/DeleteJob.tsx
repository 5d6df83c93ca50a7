import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import type { Job } from "@/api/types";
import { ProblemCard } from "@/components/ProblemCard";
import { isEnded } from "./jobs";
import { useDelete } from "./jobsApi";

interface Props {
  job: Job;
  opened: boolean;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks what is to become of the output; keeping it is the answer unless one says otherwise. */
export function DeleteJob({ job, opened, onClose, onDeleted }: Props) {
  const { t } = useTranslation();
  const [output, setOutput] = useState<"keep" | "delete">("keep");
  const remove = useDelete();
  const close = () => {
    setOutput("keep");
    remove.reset();
    onClose();
  };
  const confirm = () =>
    remove.mutate(
      { id: job.id, output },
      {
        onSuccess: () => {
          close();
          onDeleted?.();
        },
      },
    );
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t("jobs.delete.title")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack>
        <Text style={{ overflowWrap: "anywhere" }}>{t("jobs.delete.what", { title: job.title })}</Text>
        {!isEnded(job.state) && <Text size="sm">{t("jobs.delete.active")}</Text>}
        <Radio.Group
          label={t("jobs.delete.output")}
          value={output}
          onChange={(value) => setOutput(value === "delete" ? "delete" : "keep")}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="keep" label={t("jobs.delete.keep")} />
            <Radio
              value="delete"
              label={t("jobs.delete.remove")}
              description={<span style={{ overflowWrap: "anywhere" }}>{job.output}</span>}
            />
          </Stack>
        </Radio.Group>
        {remove.error && <ProblemCard problem={problemOf(remove.error)} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {t("app.cancel")}
          </Button>
          <Button color="red.8" loading={remove.isPending} onClick={confirm}>
            {output === "delete" ? t("jobs.delete.confirmBoth") : t("jobs.delete.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
