import { Stack, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { join } from "@/lib/paths";
import { CopyIcon } from "../shared/CopyIcon";
import { Scroll } from "../shared/Scroll";
import type { HashedFile, Receipt } from "../shared/types";

export function Inputs({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap="lg">
      <FileTable
        caption={t("job.files.base", { name: receipt.base.name, type: receipt.base.model_type ?? "" })}
        files={receipt.base.files}
      />
      {receipt.adapters.map((adapter) => (
        <div key={adapter.name}>
          <FileTable
            caption={t("job.files.adapter", { name: adapter.name, scale: format.number(adapter.scale) })}
            files={adapter.files}
          />
          <Text size="xs" c="dimmed" mt={4}>
            {adapter.groups
              .map((g) =>
                g.rank === null
                  ? `${g.type} × ${g.tensors}`
                  : `${g.type} r=${g.rank} α=${g.alpha ?? "–"} s=${g.scaling ?? "–"} × ${g.tensors}`,
              )
              .join(" · ")}
          </Text>
        </div>
      ))}
    </Stack>
  );
}

export function Outputs({ files, folder }: { files: HashedFile[]; folder: string }) {
  const { t } = useTranslation();
  return <FileTable caption={folder} files={files} folder={folder} note={t("job.files.note")} />;
}

interface Props {
  caption: string;
  files: HashedFile[];
  folder?: string;
  note?: string;
}

function FileTable({ caption, files, folder, note }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const sized = files.some((file) => file.bytes !== undefined);
  return (
    <>
      <Scroll minWidth={560}>
        <Table withTableBorder captionSide="top" verticalSpacing={4}>
          <Table.Caption ta="left">{caption}</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("job.files.name")}</Table.Th>
              {sized && (
                <Table.Th scope="col" ta="right">
                  {t("job.files.size")}
                </Table.Th>
              )}
              <Table.Th scope="col">blake3</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {files.map((file) => (
              <Table.Tr key={file.name}>
                <Table.Th scope="row" fw={400} style={{ overflowWrap: "anywhere" }}>
                  {file.name}{" "}
                  {folder !== undefined && (
                    <CopyIcon
                      text={join(folder, file.name)}
                      label={t("job.files.copyPath", { name: file.name })}
                    />
                  )}
                </Table.Th>
                {sized && (
                  <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
                    {file.bytes === undefined ? "–" : format.bytes(file.bytes)}
                  </Table.Td>
                )}
                <Table.Td ff="monospace" fz="xs" title={file.blake3} style={{ whiteSpace: "nowrap" }}>
                  {file.blake3.slice(0, 16)}…{" "}
                  <CopyIcon text={file.blake3} label={t("job.files.copyHash", { name: file.name })} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      {note && (
        <Text size="xs" c="dimmed" mt={4}>
          {note}
        </Text>
      )}
    </>
  );
}
