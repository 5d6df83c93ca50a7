import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function DiffPage() {
  const { t } = useTranslation();
  return <Page title={t("diff.title")}>{null}</Page>;
}
