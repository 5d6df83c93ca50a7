import { Radio, SimpleGrid, Stack, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { problemOf } from "@/api/client";
import type { Settings } from "@/api/types";
import { ProblemCard } from "@/components/ProblemCard";
import { chooseLanguage } from "@/i18n";
import { Block } from "./Block";
import { useSave } from "./useSave";

const LANGS = ["auto", "en", "zh"] as const;
const THEMES = ["auto", "light", "dark"] as const;

/** Language and theme: at once in this browser, and on the server for browsers that have no choice of their own. */
export function Look({ settings }: { settings: Settings }) {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const save = useSave(settings);
  const words = { auto: t("settings.langAuto"), en: "English", zh: "中文" };
  return (
    <Block title={t("settings.look")} lead={t("settings.lookLead")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Radio.Group
          label={t("app.language")}
          value={settings.lang}
          onChange={(value) => {
            const lang = LANGS.find((l) => l === value) ?? "auto";
            chooseLanguage(lang);
            save.mutate({ lang });
          }}
        >
          <Stack gap="xs" mt="xs">
            {LANGS.map((lang) => (
              <Radio key={lang} value={lang} label={words[lang]} />
            ))}
          </Stack>
        </Radio.Group>
        <Radio.Group
          label={t("settings.theme")}
          value={settings.theme}
          onChange={(value) => {
            const theme = THEMES.find((s) => s === value) ?? "auto";
            setColorScheme(theme);
            save.mutate({ theme });
          }}
        >
          <Stack gap="xs" mt="xs">
            {THEMES.map((theme) => (
              <Radio key={theme} value={theme} label={t(`theme.${theme}`)} />
            ))}
          </Stack>
        </Radio.Group>
      </SimpleGrid>
      {save.error && <ProblemCard problem={problemOf(save.error)} />}
    </Block>
  );
}
