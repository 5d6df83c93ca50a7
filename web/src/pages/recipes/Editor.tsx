import { Button, Card, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call, client, problemOf } from "@/api/client";
import { recipesQuery } from "@/api/hooks";
import type { Preflight, Recipe } from "@/api/types";
import { Icon } from "@/components/Icon";
import { ProblemCard } from "@/components/ProblemCard";
import { announce } from "@/lib/announce";
import { useFormat } from "@/lib/format";
import { useRunShortcut } from "@/lib/shortcuts";

interface Props {
  recipe: Recipe;
  onClose: () => void;
  onSaved: (name: string) => void;
}

const FORMATS = ["yaml", "json"] as const;

/** The text of a recipe: the same file as the command line's `--config`. */
export function Editor({ recipe, onClose, onSaved }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(recipe.name);
  const name = typed.trim();
  const [text, setText] = useState(recipe.text);
  const [format, setFormat] = useState(recipe.format);
  const [saved, setSaved] = useState(recipe.name !== "" ? recipe.text : null);

  const put = () =>
    call(client.PUT("/recipes/{name}", { params: { path: { name } }, body: { text, format } }));
  const kept = async (result: Recipe) => {
    setSaved(text);
    queries.setQueryData(recipesQuery.queryKey, (old) => [
      ...(old ?? []).filter((other) => other.name !== result.name),
      result,
    ]);
    announce(t("start.saved", { name }));
    if (name !== recipe.name) onSaved(name);
  };
  const save = useMutation({ mutationFn: put, onSuccess: kept });
  const check = useMutation({
    mutationFn: async () => {
      const result = await put();
      await kept(result);
      return call(client.POST("/plan", { body: result.fields }));
    },
  });
  useRunShortcut(() => check.mutate());
  const error = save.error ?? check.error;
  const changed = saved !== text || format !== recipe.format;

  return (
    <Stack>
      <Group align="flex-end">
        <TextInput
          label={t("start.recipeName")}
          description={t("start.recipeHint")}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          readOnly={recipe.name !== ""}
          flex="1 1 240px"
          spellCheck={false}
        />
        <SegmentedControl
          aria-label={t("recipes.format")}
          data={FORMATS.map((value) => ({ value, label: value.toUpperCase() }))}
          value={format}
          onChange={(value) => setFormat(value === "json" ? "json" : "yaml")}
        />
      </Group>
      <Textarea
        label={t("recipes.text")}
        description={t("recipes.textHint")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={10}
        maxRows={28}
        spellCheck={false}
        styles={{
          input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13, lineHeight: 1.6 },
        }}
      />
      {error && <ProblemCard problem={problemOf(error)} />}
      {check.data && !changed && <Outcome preflight={check.data} />}
      <Group justify="space-between">
        <Button variant="default" onClick={onClose}>
          {changed ? t("recipes.discard") : t("recipes.back")}
        </Button>
        <Group gap="xs">
          <Button
            variant="default"
            onClick={() => check.mutate()}
            loading={check.isPending}
            disabled={!name}
            leftSection={<Icon name="check" size={16} />}
          >
            {t("recipes.check")}
          </Button>
          <Button onClick={() => save.mutate()} loading={save.isPending} disabled={!name || !changed}>
            {t("start.save")}
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

/** What the plan says of the recipe as saved. */
function Outcome({ preflight }: { preflight: Preflight }) {
  const { t } = useTranslation();
  const format = useFormat();
  const totals = preflight.plan?.totals;
  return (
    <Stack gap="xs" aria-live="polite">
      {preflight.fits && totals && (
        <Card withBorder padding="sm">
          <Text>
            {t("recipes.fits", {
              reads: format.bytes(totals.bytes_read),
              writes: format.bytes(totals.bytes_written),
              time: format.duration(totals.seconds),
            })}
          </Text>
        </Card>
      )}
      {preflight.problems.map((problem) => (
        <ProblemCard key={problem.code + problem.what} problem={problem} />
      ))}
      {preflight.warnings.map((problem) => (
        <ProblemCard key={problem.code + problem.what} problem={problem} severity="warning" />
      ))}
    </Stack>
  );
}
