import { Button, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { AdapterList } from "@/request/AdapterList";
import { Advanced } from "@/request/Advanced";
import { type Form, newAdapter } from "@/request/form";
import { PathField } from "@/request/PathField";
import { RequestPage } from "@/request/RequestPage";
import { ResultFields } from "@/request/ResultFields";
import { Section } from "@/request/Section";
import { useRequest } from "@/request/useRequest";

/** The two paths, exchanged: a common slip. */
const exchanged = (form: Form, base: string): Partial<Form> => ({
  base: form.adapters[0]?.path ?? "",
  adapters: [newAdapter(base, form.adapters[0]?.scale), ...form.adapters.slice(1)],
});

export default function MergePage() {
  const { t } = useTranslation();
  const request = useRequest("merge");
  const { form, change, check, errors, base, facts, looking } = request;
  // Where the base comes from, or that the one which the adapter names is not here.
  const baseNote = (proposed: boolean, absent: string | null | undefined) =>
    proposed ? t("form.baseProposed") : absent ? t("form.baseNotHere", { base: absent }) : null;
  const swapped = check.verdict === "refused" && check.preflight?.problems.some((p) => p.code === "M132");

  return (
    <Page title={t("merge.title")} lead={t("merge.lead")}>
      <RequestPage request={request}>
        <Section title={t("merge.inputs")}>
          <PathField
            label={t("form.base")}
            description={t("form.baseHint")}
            value={base}
            onChange={(value) => change({ base: value })}
            kind="model"
            placeholder={looking ? t("form.lookingForBase") : t("form.pathOrId")}
            note={baseNote(form.base === null && base !== "", base === "" ? facts?.baseModel : null)}
            error={errors.base_model_path}
            required
          />
          {swapped && (
            <Button
              variant="light"
              size="xs"
              w="fit-content"
              leftSection={<Icon name="swap" size={16} />}
              onClick={() => change((old) => ({ ...old, ...exchanged(old, base) }))}
            >
              {t("merge.exchange")}
            </Button>
          )}
          <AdapterList
            rows={form.adapters}
            onChange={(adapters) => change({ adapters })}
            error={errors.adapter_path ?? errors.scale}
            required
          />
        </Section>
        <Section title={t("merge.result")}>
          <ResultFields request={request} />
          <Switch
            label={t("form.safeMerge")}
            description={t("form.safeMergeHint")}
            checked={form.safeMerge}
            onChange={(event) => change({ safeMerge: event.currentTarget.checked })}
          />
          <PathField
            label={t("form.tokenizer")}
            description={t("form.tokenizerHint")}
            value={form.tokenizer}
            onChange={(tokenizer) => change({ tokenizer })}
            kind="model"
            placeholder={t("form.tokenizerAuto")}
            error={errors.tokenizer_path}
          />
        </Section>
        <Advanced form={form} onChange={change} errors={errors} />
      </RequestPage>
    </Page>
  );
}
