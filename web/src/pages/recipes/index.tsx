import { useTranslation } from "react-i18next";
import { Page } from "@/components/Page";

export default function RecipesPage() {
  const { t } = useTranslation();
  return <Page title={t("recipes.title")}>{null}</Page>;
}
