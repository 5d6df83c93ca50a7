import { Badge, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { problemOf } from "@/api/client";
import { recipesQuery } from "@/api/hooks";
import type { Recipe } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { ProblemCard } from "@/components/ProblemCard";
import { Editor } from "./Editor";
import { RemoveDialog } from "./RemoveDialog";
import { RunButton } from "./RunButton";
import classes from "./recipes.module.css";

const EXAMPLE = `base_model_path: org/base
adapter_path: /path/to/adapter
output_path: /path/to/result
dtype: bf16
`;

export default function RecipesPage() {
  const { t } = useTranslation();
  const recipes = useQuery(recipesQuery);
  const [params, setParams] = useSearchParams();
  const editing = params.get("edit");
  const edit = (name: string | null) => setParams(name === null ? {} : { edit: name });
  const fresh = editing === "";
  const found = recipes.data?.find((recipe) => recipe.name === editing);
  const create = (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={() => edit("")}>
      {t("recipes.new")}
    </Button>
  );

  return (
    <Page
      title={t("recipes.title")}
      lead={t("recipes.lead")}
      actions={editing === null && recipes.data?.length ? create : undefined}
    >
      {recipes.isPending && <Skeleton h={120} />}
      {recipes.error && <ProblemCard problem={problemOf(recipes.error)} />}
      {(fresh || found) && (
        <Editor
          key={editing}
          recipe={found ?? { name: "", task: "merge", fields: {}, text: EXAMPLE, format: "yaml" }}
          onClose={() => edit(null)}
          onSaved={edit}
        />
      )}
      {recipes.data && editing === null && recipes.data.length === 0 && (
        <EmptyState icon="recipes" title={t("recipes.none")} action={create}>
          {t("recipes.noneHint")}
        </EmptyState>
      )}
      {recipes.data && editing === null && recipes.data.length > 0 && (
        <Stack component="ul" gap={0} className={classes.list}>
          {recipes.data.map((recipe) => (
            <Row key={recipe.name} recipe={recipe} onEdit={() => edit(recipe.name)} />
          ))}
        </Stack>
      )}
    </Page>
  );
}

/** What a recipe does, in one line: from what to what. */
function outline(recipe: Recipe): string {
  const { fields } = recipe;
  const from = [fields.base_model_path ?? fields.input_path, fields.adapter_path]
    .flat()
    .filter(Boolean)
    .map(String);
  return [from.join(" + "), fields.output_path].filter(Boolean).map(String).join(" → ");
}

function Row({ recipe, onEdit }: { recipe: Recipe; onEdit: () => void }) {
  const { t } = useTranslation();
  const [removing, setRemoving] = useState(false);
  const { name } = recipe;
  const task = recipe.task === "export" ? "export" : "merge";
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <Group gap={8}>
          <Text fw={600}>{name}</Text>
          <Badge variant="light" tt="none">
            {t(`nav.${task}`)}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {outline(recipe)}
        </Text>
      </div>
      <Group gap={6}>
        <RunButton fields={recipe.task ? recipe.fields : null} name={name} />
        <Button
          size="xs"
          variant="default"
          component={Link}
          to={`/${task}?recipe=${encodeURIComponent(name)}`}
          aria-label={t("recipes.openNamed", { name })}
        >
          {t("recipes.open")}
        </Button>
        <Button size="xs" variant="default" onClick={onEdit} aria-label={t("recipes.editNamed", { name })}>
          {t("recipes.edit")}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => setRemoving(true)}
          aria-label={t("recipes.removeNamed", { name })}
        >
          {t("recipes.remove")}
        </Button>
      </Group>
      <RemoveDialog name={name} opened={removing} onClose={() => setRemoving(false)} />
    </li>
  );
}
