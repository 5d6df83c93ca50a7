import { Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import type { Difference, Words } from "./types";

export function Tokenizers({ tokenizer }: { tokenizer: Difference["tokenizer"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { merges } = tokenizer;
  return (
    <Stack gap="sm">
      <TokenTable title={t("diff.vocabulary")} words={tokenizer.vocabulary} />
      <TokenTable title={t("diff.addedTokens")} words={tokenizer.added_tokens} />
      {merges.differ > 0 && (
        <Text size="sm">
          {t("diff.merges", {
            differ: format.number(merges.differ),
            a: format.number(merges.a),
            b: format.number(merges.b),
          })}
        </Text>
      )}
      {tokenizer.chat_template_differs && <Text size="sm">{t("diff.template")}</Text>}
    </Stack>
  );
}

function TokenTable({ title, words }: { title: string; words: Words }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (words.first.length === 0) return null;
  const facts = t("diff.tokens", {
    a: format.number(words.only_a),
    b: format.number(words.only_b),
    moved: format.number(words.other_id),
  });
  return (
    <Table withTableBorder captionSide="top" verticalSpacing={4}>
      <Table.Caption ta="left">
        {title}: {facts}
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t("diff.token")}</Table.Th>
          <Table.Th scope="col" ta="right">
            {t("diff.idIn", { side: "A" })}
          </Table.Th>
          <Table.Th scope="col" ta="right">
            {t("diff.idIn", { side: "B" })}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {words.first.map((word) => (
          <Table.Tr key={word.token}>
            <Table.Th scope="row" ff="monospace" fw={400} style={{ overflowWrap: "anywhere" }}>
              {word.token}
            </Table.Th>
            <Table.Td ta="right">{word.a ?? "–"}</Table.Td>
            <Table.Td ta="right">{word.b ?? "–"}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
