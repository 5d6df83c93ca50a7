import { Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { System } from "@/api/types";
import { Command } from "@/components/Command";
import { useFormat } from "@/lib/format";
import { quote } from "@/request/command";
import { Block } from "./Block";

/** Where the server may read and write. Only whoever starts it can change that. */
export function Roots({ system }: { system: System }) {
  const { t } = useTranslation();
  const format = useFormat();
  const command = ["weldlm ui", ...system.roots.map((root) => `--root ${quote(root.path)}`)].join(" ");
  return (
    <Block title={t("settings.roots")} lead={t("settings.rootsLead")}>
      <Stack gap="sm">
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {system.roots.map((root) => (
              <Table.Tr key={root.path}>
                <Table.Th scope="row" fw={400} ff="monospace" fz="sm" style={{ overflowWrap: "anywhere" }}>
                  {root.path}
                </Table.Th>
                <Table.Td ta="right" fz="sm">
                  {root.free_bytes == null
                    ? "–"
                    : t("settings.free", { free: format.bytes(root.free_bytes) })}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Command label={t("settings.rootsCommand")} text={`${command} --root ${t("settings.rootsMore")}`} />
        {system.caches.length > 0 && (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {t("settings.caches")} <code>{system.caches.join(", ")}</code>
          </Text>
        )}
      </Stack>
    </Block>
  );
}
