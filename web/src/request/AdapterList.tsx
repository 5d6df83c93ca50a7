import { ActionIcon, Button, Group, Input, NumberInput, Stack, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "@/components/Icon";
import classes from "./AdapterList.module.css";
import { type AdapterRow, newAdapter } from "./form";
import { PathField } from "./PathField";

interface Props {
  rows: AdapterRow[];
  onChange: (rows: AdapterRow[]) => void;
  required: boolean;
  error?: string | null;
}

/** Adapters in the order in which they are merged, each with its scale. */
export function AdapterList({ rows, onChange, required, error }: Props) {
  const { t } = useTranslation();
  const change = (at: number, part: Partial<AdapterRow>) =>
    onChange(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  const move = (at: number, by: number) => {
    const next = [...rows];
    const [row] = next.splice(at, 1);
    if (row) next.splice(at + by, 0, row);
    onChange(next);
  };
  const remove = (at: number) => onChange(rows.filter((_, i) => i !== at));
  const several = rows.length > 1;

  return (
    <fieldset className={classes.root}>
      <Input.Label component="legend" required={required} labelElement="div">
        {t("form.adapter")}
      </Input.Label>
      <Input.Description mb={6}>{t("form.adapterHint")}</Input.Description>
      <Stack gap="sm">
        {rows.map((row, i) => (
          <div key={row.key} className={classes.row}>
            <div className={classes.path}>
              <PathField
                label={several ? t("form.adapterNth", { n: i + 1 }) : t("form.adapter")}
                hideLabel
                value={row.path}
                onChange={(path) => change(i, { path })}
                kind="adapter"
                placeholder={t("form.pathOrId")}
                error={i === 0 ? error : null}
              />
            </div>
            <Scale value={row.scale} n={i + 1} onChange={(scale) => change(i, { scale })} />
            {(several || !required) && (
              <Group gap={2} wrap="nowrap" className={classes.tools}>
                {several && (
                  <Tool
                    icon="up"
                    label={t("form.moveUp", { n: i + 1 })}
                    off={i === 0}
                    onClick={() => move(i, -1)}
                  />
                )}
                {several && (
                  <Tool
                    icon="down"
                    label={t("form.moveDown", { n: i + 1 })}
                    off={i === rows.length - 1}
                    onClick={() => move(i, 1)}
                  />
                )}
                <Tool icon="trash" label={t("form.remove", { n: i + 1 })} onClick={() => remove(i)} />
              </Group>
            )}
          </div>
        ))}
      </Stack>
      <Button
        variant="subtle"
        size="compact-sm"
        mt={8}
        leftSection={<Icon name="plus" size={15} />}
        onClick={() => onChange([...rows, newAdapter()])}
      >
        {rows.length ? t("form.addAnother") : t("form.addAdapter")}
      </Button>
    </fieldset>
  );
}

function Scale({ value, n, onChange }: { value: number; n: number; onChange: (scale: number) => void }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={t("form.scaleHint")} multiline maw={280}>
      <NumberInput
        className={classes.scale}
        aria-label={t("form.scaleOf", { n })}
        value={value}
        onChange={(next) => onChange(typeof next === "number" ? next : 1)}
        step={0.05}
        decimalScale={6}
        leftSection={
          <span aria-hidden className={classes.times}>
            ×
          </span>
        }
      />
    </Tooltip>
  );
}

interface ToolProps {
  icon: IconName;
  label: string;
  off?: boolean;
  onClick: () => void;
}

function Tool({ icon, label, off, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={off ? "transparent" : "subtle"}
        color="gray"
        size="lg"
        aria-label={label}
        disabled={off}
        onClick={onClick}
      >
        <Icon name={icon} size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
