import { useTranslation } from "react-i18next";
import { Choice } from "./Advanced";
import { outputTaken } from "./fixes";
import { DTYPES } from "./form";
import { OutputField } from "./OutputField";
import type { Request } from "./useRequest";

/** Where the result goes and of which type it is, as every request says. */
export function ResultFields({ request }: { request: Request }) {
  const { t } = useTranslation();
  const { form, change, check, errors, proposals } = request;
  return (
    <>
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
    </>
  );
}
