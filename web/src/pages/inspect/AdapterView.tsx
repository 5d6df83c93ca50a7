import { Button, Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "@/components/Icon";
import { ProblemCard } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import { Facts, fact } from "../shared/Facts";
import { withParams } from "../shared/links";
import { Scroll } from "../shared/Scroll";
import { Bases } from "./Bases";
import { Details } from "./Details";
import type { AdapterInspection } from "./types";
import { ViewHead } from "./ViewHead";
import { useWeights } from "./weightFacts";

interface Props {
  view: AdapterInspection;
  path: string;
}

export function AdapterView({ view, path }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <Paper withBorder p="md">
        <ViewHead name={view.name} looks="adapter">
          <Button
            component={Link}
            size="sm"
            variant={view.mergeable ? "filled" : "default"}
            to={withParams("/merge", { adapter: path })}
          >
            {t("inspect.mergeWith")}
          </Button>
        </ViewHead>
        <Group gap={6} mb="md" c={view.mergeable ? "var(--weldlm-ok)" : "var(--weldlm-bad)"}>
          <Icon name={view.mergeable ? "check" : "cross"} size={16} />
          <Text size="sm" fw={600}>
            {view.mergeable ? t("inspect.mergeable") : t("inspect.notMergeable")}
          </Text>
        </Group>
        <AdapterFacts view={view} />
      </Paper>
      {view.refusals.map((problem) => (
        <ProblemCard key={`${problem.code} ${problem.what}`} problem={problem} />
      ))}
      <Bases view={view} path={path} />
      <Groups view={view} />
      <Details view={view} path={path} />
    </Stack>
  );
}

function AdapterFacts({ view }: { view: AdapterInspection }) {
  const { t } = useTranslation();
  const format = useFormat();
  const weights = useWeights(view);
  return (
    <Facts
      facts={[
        fact(t("inspect.fact.type"), view.peft_type),
        fact(t("inspect.fact.rank"), view.r),
        fact("lora_alpha", view.lora_alpha),
        ...weights,
        fact(t("inspect.fact.baseModel"), view.base_model),
        fact(t("inspect.fact.task"), view.task_type),
        fact("bias", view.bias === "none" ? null : view.bias),
        fact(
          t("inspect.fact.trainedTokens"),
          view.trained_tokens ? format.number(view.trained_tokens) : null,
        ),
        fact("modules_to_save", view.modules_to_save?.join(", ")),
        fact("target_modules", view.target_modules.join(", ")),
      ]}
    />
  );
}

/** Modules that are treated alike, and what the base must have for them. */
function Groups({ view }: { view: AdapterInspection }) {
  const { t } = useTranslation();
  const cell = (value: number | null) => (value === null ? "–" : Number(value.toPrecision(6)));
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("inspect.groups")}
      </Title>
      <Scroll minWidth={420}>
        <Table withTableBorder verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("inspect.fact.type")}</Table.Th>
              {(["rank", "alpha", "scaling", "modules"] as const).map((key) => (
                <Table.Th key={key} scope="col" ta="right">
                  {t(`inspect.group.${key}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {view.groups.map((group) => (
              <Table.Tr key={JSON.stringify(group)}>
                <Table.Th scope="row" fw={400}>
                  {group.type}
                </Table.Th>
                <Table.Td ta="right">{cell(group.rank)}</Table.Td>
                <Table.Td ta="right">{cell(group.alpha)}</Table.Td>
                <Table.Td ta="right">{cell(group.scaling)}</Table.Td>
                <Table.Td ta="right">{group.tensors}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </section>
  );
}
