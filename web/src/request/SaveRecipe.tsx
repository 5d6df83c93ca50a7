import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { call, client, problemOf } from "@/api/client";
import { recipesQuery } from "@/api/hooks";
import type { Fields } from "@/api/types";
import { wordsOf } from "@/components/ProblemCard";
import { announce } from "@/lib/announce";
import { baseName } from "@/lib/paths";

interface Props {
  opened: boolean;
  onClose: () => void;
  fields: Fields;
}

/** Keeps a request under a name. */
export function SaveRecipe({ opened, onClose, fields }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("start.saveRecipe")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {opened && <SaveForm onClose={onClose} fields={fields} />}
    </Modal>
  );
}

function SaveForm({ onClose, fields }: Omit<Props, "opened">) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(baseName(String(fields.output_path ?? "")));
  const name = typed.trim();
  const save = useMutation({
    mutationFn: () => call(client.PUT("/recipes/{name}", { params: { path: { name } }, body: { fields } })),
    onSuccess: () => {
      announce(t("start.saved", { name }));
      void queries.invalidateQueries({ queryKey: recipesQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  if (save.isSuccess) {
    return (
      <Stack>
        <Text>{t("start.saved", { name })}</Text>
        <Group justify="space-between">
          <Anchor component={Link} to="/recipes">
            {t("start.toRecipes")}
          </Anchor>
          <Button onClick={onClose}>{t("app.close")}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={t("start.recipeName")}
          description={t("start.recipeHint")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={save.error && wordsOf(problemOf(save.error)).what}
          spellCheck={false}
          required
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!name}>
            {t("start.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
