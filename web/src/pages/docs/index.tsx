import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function DocsPage() {
  const { t } = useTranslation();
  return <Page title={t("docs.title")}>{null}</Page>;
}
