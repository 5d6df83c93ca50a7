import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call, client, problemOf } from "@/api/client";
import { recipesQuery } from "@/api/hooks";
import { ProblemCard } from "@/components/ProblemCard";
import { announce } from "@/lib/announce";

interface Props {
  name: string;
  opened: boolean;
  onClose: () => void;
}

export function RemoveDialog({ name, opened, onClose }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call(client.DELETE("/recipes/{name}", { params: { path: { name } } })),
    onSuccess: async () => {
      onClose();
      announce(t("recipes.removed", { name }));
      await queries.invalidateQueries({ queryKey: recipesQuery.queryKey });
    },
  });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("recipes.removeNamed", { name })}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack>
        <Text>{t("recipes.removeHint")}</Text>
        {remove.error && <ProblemCard problem={problemOf(remove.error)} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("app.cancel")}
          </Button>
          <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("recipes.remove")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
