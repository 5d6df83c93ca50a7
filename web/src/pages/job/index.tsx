import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function JobPage() {
  const { t } = useTranslation();
  return <Page title={t("job.title")}>{null}</Page>;
}
