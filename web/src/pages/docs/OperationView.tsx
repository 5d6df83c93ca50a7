import { Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Scroll } from "../shared/Scroll";
import classes from "./Docs.module.css";
import type { Content, Entry } from "./openapi";
import { TypeText } from "./TypeText";

/** One operation; closed it is a line. */
export function OperationView({ entry: { method, path, operation } }: { entry: Entry }) {
  const { t } = useTranslation();
  const parameters = operation.parameters ?? [];
  const responses = Object.entries(operation.responses ?? {});
  // What is said first fits a line; the rest is read by those who open it.
  const [first = "", ...rest] = (operation.summary ?? "").replaceAll("\n", " ").split(/(?<=\.)\s+/);
  const more = [rest.join(" "), operation.description ?? ""].filter(Boolean).join("\n\n");
  return (
    <details className={classes.operation}>
      <summary className={classes.summary}>
        <span className={classes.method}>{method}</span>
        <code className={classes.path}>{path}</code>
        <span className={classes.words}>{first}</span>
      </summary>
      <div className={classes.body}>
        {more && (
          <Text size="sm" style={{ whiteSpace: "pre-line" }}>
            {more}
          </Text>
        )}
        {parameters.length > 0 && (
          <Scroll minWidth={420}>
            <Table captionSide="top" verticalSpacing={4}>
              <Table.Caption ta="left">{t("docs.parameters")}</Table.Caption>
              <Table.Tbody>
                {parameters.map((parameter) => (
                  <Table.Tr key={`${parameter.in} ${parameter.name}`}>
                    <Table.Th scope="row" ff="monospace" fw={600}>
                      {parameter.name}
                    </Table.Th>
                    <Table.Td>
                      {parameter.in}
                      {parameter.required ? ` · ${t("docs.required")}` : ""}
                    </Table.Td>
                    <Table.Td>
                      <TypeText schema={parameter.schema} />
                    </Table.Td>
                    <Table.Td>{parameter.description ?? ""}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        )}
        {operation.requestBody && (
          <div>
            <Text size="sm" c="dimmed">
              {t("docs.body")}
            </Text>
            <Contents content={operation.requestBody} />
          </div>
        )}
        {responses.length > 0 && (
          <Scroll minWidth={420}>
            <Table captionSide="top" verticalSpacing={4}>
              <Table.Caption ta="left">{t("docs.responses")}</Table.Caption>
              <Table.Tbody>
                {responses.map(([status, response]) => (
                  <Table.Tr key={status}>
                    <Table.Th scope="row" fw={600}>
                      {status}
                    </Table.Th>
                    <Table.Td>{response.description ?? ""}</Table.Td>
                    <Table.Td>
                      <Contents content={response} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        )}
      </div>
    </details>
  );
}

function Contents({ content }: { content: Content }) {
  return Object.entries(content.content ?? {}).map(([type, media]) => (
    <div key={type}>
      <Text span size="xs" c="dimmed">
        {type}
      </Text>{" "}
      <TypeText schema={media.schema} />
    </div>
  ));
}
