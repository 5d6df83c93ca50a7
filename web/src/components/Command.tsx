import { useTranslation } from "react-i18next";
import classes from "./Command.module.css";
import { CopyButton } from "./CopyButton";

interface Props {
  text: string;
  /** What the command does. */
  label?: string;
}

/** A command or a piece of text to take along. */
export function Command({ text, label }: Props) {
  const { t } = useTranslation();
  return (
    <figure className={classes.root} aria-label={label ?? t("app.command")}>
      {label && <figcaption className={classes.label}>{label}</figcaption>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={classes.text} tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} className={classes.copy} />
    </figure>
  );
}
