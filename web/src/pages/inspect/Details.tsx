import { Skeleton, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import { Command } from "@/components/Command";
import { ProblemCard } from "@/components/ProblemCard";
import { lookQuery } from "./query";
import { Tensors } from "./Tensors";
import type { AdapterInspection, ModelInspection } from "./types";

interface Props {
  view: ModelInspection | AdapterInspection;
  path: string;
}

/** The long parts, each behind a tab. */
export function Details({ view, path }: Props) {
  const { t } = useTranslation();
  const template = view.chat_template;
  return (
    <Tabs defaultValue="tensors" keepMounted={false}>
      <Tabs.List mb="sm">
        <Tabs.Tab value="tensors">{t("inspect.tab.tensors")}</Tabs.Tab>
        {view.config && <Tabs.Tab value="config">{t("inspect.tab.config")}</Tabs.Tab>}
        {template && <Tabs.Tab value="template">{t("inspect.tab.template")}</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="tensors">
        <TensorTab path={path} />
      </Tabs.Panel>
      {view.config && (
        <Tabs.Panel value="config">
          <Command
            label={view.kind === "adapter" ? "adapter_config.json" : "config.json"}
            text={JSON.stringify(view.config, null, 2)}
          />
        </Tabs.Panel>
      )}
      {template && (
        <Tabs.Panel value="template">
          {template.rendered ? (
            <>
              <Text size="sm" mb="xs">
                {t("inspect.rendered")}
              </Text>
              <Command label={t("inspect.renderedLabel")} text={template.rendered} />
            </>
          ) : (
            <Text size="sm" mb="xs">
              {t("inspect.notRendered")}
            </Text>
          )}
          {template.problem && <ProblemCard problem={template.problem} severity="warning" />}
          {template.source && (
            <div style={{ marginTop: 16 }}>
              <Command label={t("inspect.source")} text={template.source} />
            </div>
          )}
        </Tabs.Panel>
      )}
    </Tabs>
  );
}

function TensorTab({ path }: { path: string }) {
  const { data, error, isPending } = useQuery(lookQuery(path, { tensors: true }));
  if (isPending) return <Skeleton h={240} />;
  if (error) return <ProblemCard problem={problemOf(error)} />;
  return data.kind === "folder" ? null : <Tensors tensors={data.tensors ?? []} />;
}
