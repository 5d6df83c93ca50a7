import { ActionIcon, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import { useCopy } from "@/components/useCopy";

/** Copies a text; for rows and lines where a word has no room. `label` says what it copies. */
export function CopyIcon({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy(text);
  return (
    <Tooltip label={copied ? t("app.copied") : label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        style={{ verticalAlign: "middle" }}
        aria-label={label}
        onClick={copy}
      >
        <Icon name={copied ? "check" : "copy"} size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
