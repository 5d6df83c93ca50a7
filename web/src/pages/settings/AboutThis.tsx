import licences from "virtual:licences";
import { Anchor, Collapse, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { System } from "@/api/types";
import { Facts, fact } from "../shared/Facts";
import { Block } from "./Block";

export function AboutThis({ system }: { system: System }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <Block title={t("settings.about")}>
      <Stack gap="md">
        <Facts
          facts={[
            fact("weldlm", system.version),
            fact(t("settings.licence"), "Apache-2.0"),
            fact(t("settings.data"), system.data),
          ]}
        />
        <Text size="sm">{t("settings.rust")}</Text>
        <UnstyledButton
          c="var(--mantine-color-anchor)"
          fz="sm"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {t("settings.licences", { count: licences.length })}
        </UnstyledButton>
        <Collapse expanded={open}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("settings.package")}</Table.Th>
                <Table.Th scope="col">{t("settings.version")}</Table.Th>
                <Table.Th scope="col">{t("settings.licence")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {licences.map(({ name, version, licence, link }) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row" fw={400}>
                    {link ? (
                      <Anchor href={link} target="_blank" rel="noreferrer" size="sm">
                        {name}
                      </Anchor>
                    ) : (
                      name
                    )}
                  </Table.Th>
                  <Table.Td>{version}</Table.Td>
                  <Table.Td>{licence}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Collapse>
      </Stack>
    </Block>
  );
}
