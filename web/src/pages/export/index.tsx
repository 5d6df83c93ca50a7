import { Collapse, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { catalogQuery } from "@/api/hooks";
import type { Field } from "@/api/types";
import { Page } from "@/components/Page";
import { AdapterList } from "@/request/AdapterList";
import { Advanced } from "@/request/Advanced";
import { FormatPicker, formatName } from "@/request/FormatPicker";
import { type Form, hasControl } from "@/request/form";
import { OptionField } from "@/request/OptionField";
import { PathField } from "@/request/PathField";
import { RequestPage } from "@/request/RequestPage";
import { ResultFields } from "@/request/ResultFields";
import { Section } from "@/request/Section";
import { useRequest } from "@/request/useRequest";

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
  const request = useRequest("export");
  const { form, change, proposals, errors, base } = request;
  const formats = form.formats ?? proposals.formats ?? [];
  const options = useOptions(formats);

  return (
    <Page title={t("export.title")} lead={t("export.lead")}>
      <RequestPage request={request}>
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
          <ResultFields request={request} />
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
