import { Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Scroll } from "../shared/Scroll";
import classes from "./Docs.module.css";
import type { Schema } from "./openapi";
import { TypeText } from "./TypeText";

/** A named type: its fields, or what it is. */
export function SchemaTable({ name, schema }: { name: string; schema: Schema }) {
  const { t } = useTranslation();
  const fields = Object.entries(schema.properties ?? {});
  return (
    <section id={`schema-${name}`} className={classes.schema}>
      <Title order={3} size="h5" ff="monospace">
        {name}
      </Title>
      {schema.description && <Text size="sm">{schema.description}</Text>}
      {fields.length === 0 ? (
        <TypeText schema={schema} />
      ) : (
        <Scroll minWidth={420}>
          <Table withTableBorder verticalSpacing={4} mt={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("docs.field")}</Table.Th>
                <Table.Th scope="col">{t("docs.type")}</Table.Th>
                <Table.Th scope="col">{t("docs.meaning")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fields.map(([field, type]) => (
                <Table.Tr key={field}>
                  <Table.Th scope="row" ff="monospace" fw={600}>
                    {field}
                    {schema.required?.includes(field) ? "" : "?"}
                  </Table.Th>
                  <Table.Td>
                    <TypeText schema={type} />
                  </Table.Td>
                  <Table.Td>{type.description ?? ""}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      )}
    </section>
  );
}
