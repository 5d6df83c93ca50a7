import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function InspectPage() {
  const { t } = useTranslation();
  return <Page title={t("inspect.title")}>{null}</Page>;
}
