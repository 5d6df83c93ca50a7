import { Stack, Tabs, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Command } from "@/components/Command";
import { RUNTIMES, snippet, type Used } from "./snippets";

/** Ready commands to load the result. */
export function UseIt({ used }: { used: Used }) {
  const { t } = useTranslation();
  return (
    <Tabs defaultValue="transformers" keepMounted={false}>
      <Tabs.List>
        {RUNTIMES.map((runtime) => (
          <Tabs.Tab key={runtime} value={runtime}>
            {t(`job.use.${runtime}.name`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {RUNTIMES.map((runtime) => (
        <Tabs.Panel key={runtime} value={runtime} pt="sm">
          <Stack gap="xs">
            <Text size="sm">{t(`job.use.${runtime}.note`)}</Text>
            <Command text={snippet(runtime, used)} />
          </Stack>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
