import { Button, type ButtonProps } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { announce } from "@/lib/announce";
import { copyText } from "@/lib/copy";
import { Icon } from "./Icon";

interface Props extends ButtonProps {
  text: string;
  /** What it copies, in words. */
  label?: string;
}

export function CopyButton({ text, label, ...rest }: Props) {
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
    <Button
      variant="default"
      size="xs"
      leftSection={<Icon name={copied ? "check" : "copy"} size={15} />}
      onClick={() => void copy()}
      {...rest}
    >
      {copied ? t("app.copied") : (label ?? t("app.copy"))}
    </Button>
  );
}
