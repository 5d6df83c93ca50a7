import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function ExportPage() {
  const { t } = useTranslation();
  return <Page title={t("export.title")}>{null}</Page>;
}
