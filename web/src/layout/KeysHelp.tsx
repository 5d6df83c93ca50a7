import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { GO } from "@/lib/shortcuts";

const PAGES = Object.entries(GO).map(([key, page]) => [["g", key], page] as const);
const KEYS = [
  ...PAGES,
  [["/"], "search"],
  [["Ctrl/⌘", "Enter"], "run"],
  [["Esc"], "close"],
  [["?"], "help"],
] as const;

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("keys.title")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Table>
        <Table.Tbody>
          {KEYS.map(([keys, what]) => (
            <Table.Tr key={what}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{t(`keys.${what}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
