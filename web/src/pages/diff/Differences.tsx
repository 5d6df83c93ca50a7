import { Group, Paper, Stack, Table, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import { useFormat } from "@/lib/format";
import { Scroll } from "../shared/Scroll";
import { Tokenizers } from "./Tokenizers";
import type { Difference } from "./types";
import { Values } from "./Values";

/** Everything that differs, the weights first. `next` is what can be done beyond that. */
export function Differences({ difference: d, next }: { difference: Difference; next: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xl">
      <Verdict difference={d} />
      {next}
      {d.values.length > 0 && (
        <Part title={t("diff.valuesDiffer", { count: d.values.length })}>
          <Values values={d.values} />
        </Part>
      )}
      {d.headers.length > 0 && (
        <Part title={t("diff.headersDiffer", { count: d.headers.length })}>
          <Pairs rows={d.headers.map((h) => ({ key: h.name, a: h.a, b: h.b }))} name={t("table.tensor")} />
        </Part>
      )}
      <Names title={t("diff.only", { count: d.only_a.length, side: "A" })} names={d.only_a} />
      <Names title={t("diff.only", { count: d.only_b.length, side: "B" })} names={d.only_b} />
      {d.config.length > 0 && (
        <Part title={t("diff.config", { count: d.config.length })}>
          <Pairs
            rows={d.config.map((c) => ({ key: c.key, a: json(c.a), b: json(c.b) }))}
            name={t("diff.key")}
          />
        </Part>
      )}
      {!d.tokenizer.equal && (
        <Part title={t("diff.tokenizer")}>
          <Tokenizers tokenizer={d.tokenizer} />
        </Part>
      )}
      <Names title={t("diff.filesDiffer", { count: d.files.differ.length })} names={d.files.differ} />
      <Names
        title={t("diff.filesOnly", { count: d.files.only_a.length, side: "A" })}
        names={d.files.only_a}
      />
      <Names
        title={t("diff.filesOnly", { count: d.files.only_b.length, side: "B" })}
        names={d.files.only_b}
      />
    </Stack>
  );
}

const json = (value: unknown) => (value === undefined || value === null ? "–" : JSON.stringify(value));

function Verdict({ difference: d }: { difference: Difference }) {
  const { t } = useTranslation();
  const format = useFormat();
  const headersDiffer = d.only_a.length + d.only_b.length + d.headers.length > 0;
  const equal = d.values_compared && d.equal;
  const words = equal
    ? t("diff.equal")
    : d.same_weights
      ? d.values_compared
        ? t("diff.sameWeights")
        : t("diff.sameHeaders")
      : headersDiffer
        ? t("diff.otherHeaders")
        : t("diff.otherValues");
  return (
    <Paper withBorder p="md" role="status">
      <Group gap={8} wrap="nowrap" align="flex-start">
        <Icon name={equal || (d.same_weights && d.values_compared) ? "check" : "info"} size={22} />
        <div>
          <Text fw={650}>{words}</Text>
          <Text size="sm" c="dimmed">
            {d.values_compared
              ? t("diff.same", { n: format.number(d.same), count: d.a.tensors })
              : t("diff.sameHeader", { n: format.number(d.same), count: d.a.tensors })}
          </Text>
        </div>
      </Group>
      <Table mt="sm" verticalSpacing={4}>
        <Table.Tbody>
          {(["a", "b"] as const).map((side) => (
            <Table.Tr key={side}>
              <Table.Th scope="row" w={30}>
                {side.toUpperCase()}
              </Table.Th>
              <Table.Td ff="monospace" fz="sm" style={{ overflowWrap: "anywhere" }}>
                {d[side].path}
              </Table.Td>
              <Table.Td fz="sm" ta="right">
                {t("diff.side", {
                  format: d[side].format,
                  tensors: format.number(d[side].tensors),
                  files: format.number(d[side].files),
                })}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}

/** More names than this are a list of their own, not something to read. */
const NAMED = 200;

function Names({ title, names }: { title: string; names: string[] }) {
  const { t } = useTranslation();
  if (names.length === 0) return null;
  return (
    <Part title={title}>
      <Paper
        withBorder
        p="sm"
        mah={300}
        style={{ overflow: "auto" }}
        tabIndex={0}
        role="group"
        aria-label={title}
      >
        {names.slice(0, NAMED).map((name) => (
          <Text key={name} size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
            {name}
          </Text>
        ))}
        {names.length > NAMED && (
          <Text size="sm" c="dimmed">
            {t("diff.more", { count: names.length - NAMED })}
          </Text>
        )}
      </Paper>
    </Part>
  );
}

function Pairs({ rows, name }: { rows: { key: string; a: string; b: string }[]; name: string }) {
  const { t } = useTranslation();
  return (
    <>
      <Scroll minWidth={520}>
        <Table withTableBorder verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{name}</Table.Th>
              <Table.Th scope="col">A</Table.Th>
              <Table.Th scope="col">B</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, NAMED).map((row) => (
              <Table.Tr key={row.key}>
                <Table.Th scope="row" fw={400} ff="monospace" fz="sm" style={{ overflowWrap: "anywhere" }}>
                  {row.key}
                </Table.Th>
                <Table.Td ff="monospace" fz="sm" style={{ overflowWrap: "anywhere" }}>
                  {row.a}
                </Table.Td>
                <Table.Td ff="monospace" fz="sm" style={{ overflowWrap: "anywhere" }}>
                  {row.b}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      {rows.length > NAMED && (
        <Text size="sm" c="dimmed">
          {t("diff.more", { count: rows.length - NAMED })}
        </Text>
      )}
    </>
  );
}
