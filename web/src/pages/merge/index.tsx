import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function MergePage() {
  const { t } = useTranslation();
  return <Page title={t("merge.title")}>{null}</Page>;
}
