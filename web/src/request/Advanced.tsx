import {
  Button,
  Collapse,
  Group,
  Input,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import classes from "./Advanced.module.css";
import { type Form, SERIALIZATIONS, VERIFIES } from "./form";
import { Mapping } from "./Mapping";

interface Props {
  form: Form;
  onChange: (part: Partial<Form>) => void;
  errors: Record<string, string>;
  /** Fields of `more` that have a control elsewhere on the page. */
  controlled?: string[];
}

/** How many settings in here differ from their defaults. */
function changed(form: Form): number {
  const flags = [
    form.mapping.some((row) => row.from !== "" || row.to !== ""),
    form.shard !== "",
    form.serialization !== "true",
    form.verify !== "weights",
    !form.includeTokenizer && form.task === "merge",
    form.threads !== null,
  ];
  return flags.filter(Boolean).length;
}

/** Settings that most people leave alone. */
export function Advanced({ form, onChange, errors, controlled = [] }: Props) {
  const { t } = useTranslation();
  const mentioned = ["module_mapping", "max_shard_size", "threads"].some((field) => errors[field]);
  const [open, state] = useDisclosure(changed(form) > 0);
  const shown = open || mentioned;
  const id = useId();
  const count = changed(form);
  const others = Object.keys(form.more).filter((name) => !controlled.includes(name));
  return (
    <section>
      <UnstyledButton
        className={classes.toggle}
        onClick={state.toggle}
        aria-expanded={shown}
        aria-controls={id}
      >
        <span className={classes.arrow} data-open={shown}>
          <Icon name="right" size={16} />
        </span>
        <Text fw={600}>{t("form.advanced")}</Text>
        {count > 0 && (
          <Text size="sm" c="dimmed">
            {t("form.changed", { count })}
          </Text>
        )}
      </UnstyledButton>
      <Collapse id={id} expanded={shown}>
        <Stack gap="lg" pt="md">
          <Mapping
            rows={form.mapping}
            onChange={(mapping) => onChange({ mapping })}
            error={errors.module_mapping}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: "end" }}>
            <TextInput
              label={t("form.shard")}
              description={t("form.shardHint")}
              placeholder="5GB"
              value={form.shard}
              error={errors.max_shard_size}
              onChange={(event) => onChange({ shard: event.currentTarget.value })}
            />
            <NumberInput
              label={t("form.threads")}
              description={t("form.threadsHint")}
              value={form.threads ?? ""}
              error={errors.threads}
              min={1}
              max={1024}
              allowDecimal={false}
              onChange={(n) => onChange({ threads: typeof n === "number" ? n : null })}
            />
          </SimpleGrid>
          <Choice
            label={t("form.serialization")}
            hint={t("form.serializationHint")}
            value={form.serialization}
            data={SERIALIZATIONS.map((value) => ({ value, label: t(`form.serializations.${value}`) }))}
            onChange={(value) => onChange({ serialization: value })}
          />
          <Choice
            label={t("form.verify")}
            hint={t(`form.verifyHints.${form.verify}`)}
            value={form.verify}
            data={VERIFIES.map((value) => ({ value, label: t(`form.verifies.${value}`) }))}
            onChange={(value) => onChange({ verify: value })}
          />
          {form.task === "merge" && (
            <Switch
              label={t("form.includeTokenizer")}
              description={t("form.includeTokenizerHint")}
              checked={form.includeTokenizer}
              onChange={(event) => onChange({ includeTokenizer: event.currentTarget.checked })}
            />
          )}
          {others.length > 0 && <Others names={others} form={form} onChange={onChange} />}
        </Stack>
      </Collapse>
    </section>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  hint: string;
  value: T;
  data: { value: T; label: string }[];
  onChange: (value: T) => void;
}

export function Choice<T extends string>({ label, hint, value, data, onChange }: ChoiceProps<T>) {
  const id = useId();
  // Long words side by side would not fit on a small phone.
  const narrow = useMediaQuery("(max-width: 26em)");
  const long = data.reduce((length, item) => length + item.label.length, 0) > 20;
  return (
    <div>
      <Input.Label id={`${id}-label`} labelElement="div" display="block">
        {label}
      </Input.Label>
      <SegmentedControl
        aria-labelledby={`${id}-label`}
        aria-describedby={`${id}-hint`}
        className={classes.choice}
        orientation={narrow && long ? "vertical" : "horizontal"}
        value={value}
        data={data}
        onChange={(next) => {
          const known = data.find((item) => item.value === next);
          if (known) onChange(known.value);
        }}
      />
      <Input.Description id={`${id}-hint`} mt={4}>
        {hint}
      </Input.Description>
    </div>
  );
}

/** What a recipe or a job brought along and this page has no control for. */
function Others({ names, form, onChange }: { names: string[] } & Pick<Props, "form" | "onChange">) {
  const { t } = useTranslation();
  const remove = (name: string) => {
    const { [name]: _gone, ...more } = form.more;
    onChange({ more });
  };
  return (
    <div>
      <Input.Label labelElement="div">{t("form.others")}</Input.Label>
      <Input.Description>{t("form.othersHint")}</Input.Description>
      <Stack gap={4} mt={6}>
        {names.map((name) => (
          <Group key={name} gap={8} wrap="nowrap">
            <code className={classes.other}>
              {name}: {JSON.stringify(form.more[name])}
            </code>
            <Button size="compact-xs" variant="default" onClick={() => remove(name)}>
              {t("form.removeField", { name })}
            </Button>
          </Group>
        ))}
      </Stack>
    </div>
  );
}
