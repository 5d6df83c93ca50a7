import { Button, type ButtonProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";
import { useCopy } from "./useCopy";

interface Props extends ButtonProps {
  text: string;
  /** What it copies, in words. */
  label?: string;
}

export function CopyButton({ text, label, ...rest }: Props) {
  const { t } = useTranslation();
  const { copied, copy } = useCopy(text);
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<Icon name={copied ? "check" : "copy"} size={15} />}
      onClick={copy}
      {...rest}
    >
      {copied ? t("app.copied") : (label ?? t("app.copy"))}
    </Button>
  );
}
