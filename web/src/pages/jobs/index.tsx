import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function JobsPage() {
  const { t } = useTranslation();
  return <Page title={t("jobs.title")}>{null}</Page>;
}
