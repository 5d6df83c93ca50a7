import { ActionIcon, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import { announce } from "@/lib/announce";
import { copyText } from "@/lib/copy";

/** Copies a text; for rows and lines where a word has no room. `label` says what it copies. */
export function CopyIcon({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    announce(t("app.copied"));
  };
  return (
    <Tooltip label={copied ? t("app.copied") : label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        style={{ verticalAlign: "middle" }}
        aria-label={label}
        onClick={() => void copy()}
      >
        <Icon name={copied ? "check" : "copy"} size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
