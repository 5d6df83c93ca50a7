import { Alert, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ProblemCard } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import { Facts, fact } from "../shared/Facts";
import { withParams } from "../shared/links";
import { Details } from "./Details";
import type { ModelInspection } from "./types";
import { ViewHead } from "./ViewHead";
import { useWeights } from "./weightFacts";

interface Props {
  view: ModelInspection;
  path: string;
}

export function ModelView({ view, path }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <Paper withBorder p="md">
        <ViewHead name={view.name} looks="model">
          <Group gap="xs">
            <Button component={Link} size="sm" to={withParams("/merge", { base: path })}>
              {t("inspect.mergeWith")}
            </Button>
            <Button component={Link} size="sm" variant="default" to={withParams("/diff", { a: path })}>
              {t("inspect.diffWith")}
            </Button>
          </Group>
        </ViewHead>
        <ModelFacts view={view} />
      </Paper>
      <Notes view={view} />
      <Details view={view} path={path} />
    </Stack>
  );
}

function ModelFacts({ view }: { view: ModelInspection }) {
  const { t } = useTranslation();
  const format = useFormat();
  const weights = useWeights(view);
  const number = (n: number | null) => (n === null ? null : format.number(n));
  const heads =
    view.heads !== null && view.key_value_heads !== null && view.key_value_heads !== view.heads
      ? t("inspect.fact.headsGrouped", { heads: view.heads, groups: view.key_value_heads })
      : number(view.heads);
  return (
    <Facts
      facts={[
        fact(t("inspect.fact.family"), [view.model_type, ...view.architectures].filter(Boolean).join(" · ")),
        ...weights,
        fact(t("inspect.fact.layers"), number(view.layers)),
        fact(t("inspect.fact.hidden"), number(view.hidden_size)),
        fact(t("inspect.fact.heads"), heads),
        fact(t("inspect.fact.intermediate"), number(view.intermediate_size)),
        fact(t("inspect.fact.vocabulary"), number(view.vocab_size)),
        fact(t("inspect.fact.tokens"), number(view.tokenizer.tokens)),
        fact(t("inspect.fact.template"), view.tokenizer.chat_template ? t("inspect.yes") : t("inspect.no")),
        view.tied === null
          ? null
          : fact(t("inspect.fact.tied"), view.tied ? t("inspect.tied") : t("inspect.untied")),
        fact(
          t("inspect.fact.quantised"),
          view.quantised ? [view.quantised.method, view.quantised.detail].filter(Boolean).join(" ") : null,
        ),
      ]}
    />
  );
}

function Notes({ view }: { view: ModelInspection }) {
  const { t } = useTranslation();
  const made = view.weldlm;
  const lists = [
    // An index is read, as the list of the weight files.
    { key: "notRead", names: view.not_read.filter((name) => !name.endsWith(".index.json")) },
    { key: "beside", names: view.beside },
    { key: "leftovers", names: view.leftovers },
  ] as const;
  return (
    <>
      {made && "problem" in made && <ProblemCard problem={made.problem} severity="warning" />}
      {made && !("problem" in made) && (
        <Alert color="sea" variant="light" title={t("inspect.made", { version: made.version })}>
          {t("inspect.madeOf", {
            base: made.base,
            adapters: made.adapters.map((a) => `${a.name} × ${a.scale}`).join(", ") || "–",
          })}
        </Alert>
      )}
      {lists.map(
        ({ key, names }) =>
          names.length > 0 && (
            <Text key={key} size="sm" style={{ overflowWrap: "anywhere" }}>
              {t(`inspect.${key}`)} <code>{names.join(", ")}</code>
            </Text>
          ),
      )}
    </>
  );
}
