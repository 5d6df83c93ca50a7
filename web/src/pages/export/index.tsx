import { Collapse, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { catalogQuery } from "@/api/hooks";
import type { Field } from "@/api/types";
import { Page } from "@/components/Page";
import { AdapterList } from "@/request/AdapterList";
import { Advanced, Choice } from "@/request/Advanced";
import { FormatPicker, formatName } from "@/request/FormatPicker";
import { applyFix, outputTaken } from "@/request/fixes";
import { DTYPES, type Form, hasControl, toFields } from "@/request/form";
import { OptionField } from "@/request/OptionField";
import { OutputField } from "@/request/OutputField";
import { PathField } from "@/request/PathField";
import { errorsByField, RequestPage } from "@/request/RequestPage";
import { Section } from "@/request/Section";
import { usePlan } from "@/request/usePlan";
import { useProposals } from "@/request/useProposals";
import { useRequestForm } from "@/request/useRequestForm";

/** The options of the chosen formats, each once; some have a control on this page anyway. */
function useOptions(formats: string[]): Field[] {
  const catalog = useQuery(catalogQuery);
  const chosen = new Set(formats.map(formatName));
  const all = (catalog.data?.formats ?? []).filter((f) => chosen.has(f.name)).flatMap((f) => f.options);
  const own = all.filter((field) => !hasControl(field.name));
  return [...new Map(own.map((field) => [field.name, field])).values()];
}

export default function ExportPage() {
  const { t } = useTranslation();
  const { form, change, loading, originError } = useRequestForm("export");
  const { proposals } = useProposals(form);
  const fields = useMemo(() => toFields(form, proposals), [form, proposals]);
  const check = usePlan("export", fields);
  const errors = errorsByField(check, fields);
  const formats = form.formats ?? proposals.formats ?? [];
  const options = useOptions(formats);
  const base = form.base ?? proposals.base ?? "";

  return (
    <Page title={t("export.title")} lead={t("export.lead")}>
      <RequestPage
        task="export"
        fields={fields}
        check={check}
        onFix={(fix, problem) => change((old) => applyFix({ ...old, base: old.base ?? base }, fix, problem))}
        loading={loading}
        originError={originError}
      >
        <Section title={t("export.what")}>
          <PathField
            label={t("export.input")}
            description={t("export.inputHint")}
            value={base}
            onChange={(value) => change({ base: value })}
            kind="model"
            placeholder={t("form.pathOrId")}
            note={form.base === null && proposals.base ? t("form.baseProposed") : null}
            error={errors.input_path ?? errors.base_model_path}
            required
          />
          <AdapterList
            rows={form.adapters}
            onChange={(adapters) => change({ adapters })}
            error={errors.adapter_path ?? errors.scale}
            required={false}
          />
        </Section>
        <Section title={t("export.into")}>
          <FormatPicker
            chosen={formats}
            onChange={(next) => change({ formats: next })}
            error={errors.export_format}
          />
          {options.length > 0 && (
            <Stack gap="md" pl={{ base: 0, sm: "md" }}>
              {options.map((field) => (
                <OptionField
                  key={field.name}
                  field={field}
                  value={form.more[field.name]}
                  error={errors[field.name]}
                  onChange={(value) =>
                    change((old) => ({ ...old, more: { ...old.more, [field.name]: value } }))
                  }
                />
              ))}
            </Stack>
          )}
          <OutputField
            form={form}
            onChange={change}
            proposed={proposals.output}
            taken={check.verdict === "refused" ? outputTaken(check.preflight?.problems ?? []) : undefined}
            error={errors.output_path}
          />
          <Choice
            label={t("form.dtype")}
            hint={t(`form.dtypeHints.${form.dtype}`)}
            value={form.dtype}
            data={DTYPES.map((value) => ({ value, label: t(`form.dtypes.${value}`) }))}
            onChange={(dtype) => change({ dtype })}
          />
          <Switch
            label={t("form.includeTokenizer")}
            description={t("form.includeTokenizerHint")}
            checked={form.includeTokenizer}
            onChange={(event) => change({ includeTokenizer: event.currentTarget.checked })}
          />
        </Section>
        <Publish form={form} onChange={change} errors={errors} />
        <Advanced
          form={form}
          onChange={change}
          errors={errors}
          controlled={options.map((field) => field.name)}
        />
      </RequestPage>
    </Page>
  );
}

interface PublishProps {
  form: Form;
  onChange: (part: Partial<Form>) => void;
  errors: Record<string, string>;
}

function Publish({ form, onChange, errors }: PublishProps) {
  const { t } = useTranslation();
  return (
    <Section title={t("export.further")}>
      <Switch
        label={t("export.push")}
        description={t("export.pushHint")}
        checked={form.pushToHub}
        error={errors.push_to_hub}
        onChange={(event) => onChange({ pushToHub: event.currentTarget.checked })}
      />
      <Collapse expanded={form.pushToHub || form.repoId !== ""}>
        <TextInput
          label={t("export.repo")}
          placeholder="org/name"
          value={form.repoId}
          error={errors.repo_id}
          spellCheck={false}
          onChange={(event) => onChange({ repoId: event.currentTarget.value })}
        />
      </Collapse>
      <Switch
        label={t("export.remoteCode")}
        description={t("export.remoteCodeHint")}
        checked={form.trustRemoteCode}
        onChange={(event) => onChange({ trustRemoteCode: event.currentTarget.checked })}
      />
    </Section>
  );
}
