import { Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Page } from "@/components/Page";
import { ApiView } from "./ApiView";
import { ErrorCodes } from "./ErrorCodes";

export default function DocsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const tab = params.get("tab") === "errors" ? "errors" : "api";
  return (
    <Page title={t("docs.title")} lead={t("docs.lead")}>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) => setParams(value === "errors" ? { tab: "errors" } : {}, { replace: true })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="api">{t("docs.api")}</Tabs.Tab>
          <Tabs.Tab value="errors">{t("docs.errors")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="api">
          <ApiView />
        </Tabs.Panel>
        <Tabs.Panel value="errors">
          <ErrorCodes />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
