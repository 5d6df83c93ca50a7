import { Button, Code, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Plan } from "@/api/types";
import { wordsOf } from "@/components/ProblemCard";
import { useFormat } from "@/lib/format";
import classes from "./PlanDetails.module.css";

const STEP = 100;

/** How many tensors each adapter type changes, and how many stay as they are. */
function changes(plan: Plan) {
  const byType = new Map<string, number>();
  let changed = 0;
  let added = 0;
  for (const tensor of plan.tensors) {
    if (tensor.changed_by.length > 0) changed += 1;
    if (tensor.new) added += 1;
    for (const type of new Set(tensor.changed_by)) byType.set(type, (byType.get(type) ?? 0) + 1);
  }
  const untouched = plan.tensors.filter((tensor) => tensor.changed_by.length === 0 && !tensor.new).length;
  return { byType: [...byType], changed, added, untouched };
}

/** Everything that the plan says beyond its totals. */
export function PlanDetails({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { byType, changed, added, untouched } = changes(plan);
  const files = [...plan.files, ...plan.side_files];
  return (
    <Stack gap="sm">
      <div>
        <Text size="sm">
          {t("plan.changed", { count: changed, of: format.number(plan.tensors.length) })}
          {byType.length > 0 && ` (${byType.map(([type, n]) => `${type} ×${format.number(n)}`).join(", ")})`}
          {added > 0 && ` · ${t("plan.added", { count: added })}`}
        </Text>
        <Text size="sm" c="dimmed">
          {t("plan.untouched", { count: untouched })}
        </Text>
      </div>
      {plan.names.length > 0 && (
        <Text size="sm" c="dimmed">
          {t("plan.names", { rules: plan.names.join(" · ") })}
        </Text>
      )}
      {plan.skipped.length > 0 && (
        <Fold title={t("plan.skipped", { count: plan.skipped.length })} open>
          {plan.skipped.map((skip) => (
            <Row key={skip.module} name={skip.module} note={wordsOf(skip.problem).what} />
          ))}
        </Fold>
      )}
      <Fold title={t("plan.files", { count: files.length })}>
        {files.map((file) => (
          <Row key={file.name} name={file.name} note={format.bytes(file.bytes)} />
        ))}
      </Fold>
      {plan.config_edits.length > 0 && (
        <Fold title={t("plan.edits", { count: plan.config_edits.length })}>
          {plan.config_edits.map((edit) => (
            <Row key={edit.key} name={edit.key} note={<Code>{JSON.stringify(edit.value)}</Code>} />
          ))}
        </Fold>
      )}
      <Tensors plan={plan} />
    </Stack>
  );
}

function Fold({ title, open, children }: { title: string; open?: boolean; children: ReactNode }) {
  return (
    <details className={classes.fold} open={open}>
      <summary>{title}</summary>
      <ul className={classes.list}>{children}</ul>
    </details>
  );
}

function Row({ name, note }: { name: string; note: ReactNode }) {
  return (
    <li>
      <span className={classes.name}>{name}</span>
      <span className={classes.note}>{note}</span>
    </li>
  );
}

/** The list is made when it is asked for: a large model has thousands of lines. */
function Tensors({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [filter, setFilter] = useState("");
  const [shown, setShown] = useState(STEP);
  const wanted = filter.toLowerCase();
  const found = open ? plan.tensors.filter((tensor) => tensor.name.toLowerCase().includes(wanted)) : [];
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("plan.tensors", { count: plan.tensors.length })}</summary>
      {open && (
        <>
          <TextInput
            size="xs"
            my={6}
            aria-label={t("plan.filterTensors")}
            placeholder={t("plan.filterTensors")}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <ul className={classes.list}>
            {found.slice(0, shown).map((tensor) => (
              <Row
                key={tensor.name}
                name={tensor.name}
                note={`${tensor.dtype} [${tensor.shape.join(", ")}] ${
                  tensor.changed_by.join(" + ") || (tensor.new ? t("plan.new") : t("plan.copied"))
                }`}
              />
            ))}
          </ul>
          {found.length > shown && (
            <Button size="compact-xs" variant="default" mt={6} onClick={() => setShown(shown + STEP)}>
              {t("plan.more", { count: found.length - shown })}
            </Button>
          )}
        </>
      )}
    </details>
  );
}
