import { Box, Collapse, Group, SegmentedControl, Skeleton, Table, Text, UnstyledButton } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Scroll } from "../shared/Scroll";
import type { ReceiptTensor } from "../shared/types";
import { groupByLayer, type Stack } from "./layers";
import { series } from "./plotData";

const LayerPlot = lazy(() => import("./LayerPlot"));

const percent = (value: number | null) => (value === null ? "–" : `${value.toPrecision(3)} %`);

/** How much each layer was changed: a chart, and the same as a table. */
export function LayerChart({ tensors }: { tensors: ReceiptTensor[] }) {
  const { t } = useTranslation();
  const { stacks, outside } = useMemo(() => groupByLayer(tensors), [tensors]);
  const [chosen, setChosen] = useState(0);
  const [open, setOpen] = useState(false);
  const stack = stacks[Math.min(chosen, stacks.length - 1)];
  if (!stack && outside.length === 0) return null;
  return (
    <Box component="section" aria-label={t("job.chart.title")}>
      <Text size="sm" c="dimmed" mb="xs">
        {t("job.chart.what")}
      </Text>
      {stacks.length > 1 && (
        <SegmentedControl
          size="xs"
          mb="xs"
          aria-label={t("job.chart.stack")}
          value={String(chosen)}
          onChange={(value) => setChosen(Number(value))}
          data={stacks.map((s, i) => ({ value: String(i), label: s.name }))}
        />
      )}
      {stack && stack.layers.length > 1 && (
        <Suspense fallback={<Skeleton h={250} />}>
          <LayerPlot stack={stack} words={{ layer: t("job.chart.layer"), all: t("job.chart.all") }} />
        </Suspense>
      )}
      <Group mt="xs">
        <UnstyledButton
          c="var(--mantine-color-anchor)"
          fz="sm"
          onClick={() => setOpen(!open)}
          aria-expanded={open}
        >
          {open ? t("job.chart.hideTable") : t("job.chart.showTable")}
        </UnstyledButton>
      </Group>
      <Collapse expanded={open}>
        {stack && <LayerTable stack={stack} />}
        {outside.length > 0 && (
          <Scroll minWidth={320}>
            <Table withTableBorder captionSide="top">
              <Table.Caption>{t("job.chart.outside")}</Table.Caption>
              <Table.Tbody>
                {outside.map((tensor) => (
                  <Table.Tr key={tensor.name}>
                    <Table.Th scope="row" ff="monospace" fw={400}>
                      {tensor.name}
                    </Table.Th>
                    <Table.Td ta="right">{percent(tensor.relative * 100)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        )}
      </Collapse>
    </Box>
  );
}

function LayerTable({ stack }: { stack: Stack }) {
  const { t } = useTranslation();
  const { data, names } = series(stack);
  const columns = data.slice(1);
  return (
    <Scroll minWidth={360} maxHeight={360}>
      <Table withTableBorder striped captionSide="top" stickyHeader>
        <Table.Caption>{stack.name}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("job.chart.layer")}</Table.Th>
            {names.map((name) => (
              <Table.Th key={name} scope="col" ta="right">
                {name === "" ? t("job.chart.all") : name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {stack.layers.map((layer, row) => (
            <Table.Tr key={layer.index}>
              <Table.Th scope="row">{layer.index}</Table.Th>
              {columns.map((column, i) => (
                <Table.Td key={names[i]} ta="right">
                  {percent(column[row] ?? null)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
