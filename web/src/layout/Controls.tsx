import { ActionIcon, Group, Menu, SegmentedControl, Tooltip, useMantineColorScheme } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client } from "@/api/client";
import { sessionQuery } from "@/api/hooks";
import { Icon, type IconName } from "@/components/Icon";
import { chooseLanguage, type Lang, language } from "@/i18n";

/** Both languages in their own words, whatever the page speaks. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("app.language")}
      data={[
        { value: "en", label: "EN" },
        { value: "zh", label: "中文" },
      ]}
      value={language()}
      onChange={(value) => chooseLanguage(value as Lang)}
    />
  );
}

const SCHEMES = [
  { value: "auto", icon: "contrast" },
  { value: "light", icon: "sun" },
  { value: "dark", icon: "moon" },
] as const satisfies { value: string; icon: IconName }[];

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const now = SCHEMES.find((s) => s.value === colorScheme) ?? SCHEMES[0];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("theme.label", { now: t(`theme.${now.value}`) })}
        >
          <Icon name={now.icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon name={icon} size={16} />}
            rightSection={value === now.value ? <Icon name="check" size={16} /> : null}
            onClick={() => setColorScheme(value)}
          >
            {t(`theme.${value}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SignOut() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const session = useQuery({ ...sessionQuery, enabled: false });
  if (!session.data?.authenticated || session.data.auth === "none") return null;
  const leave = async () => {
    await client.POST("/logout").catch(() => undefined);
    await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <Tooltip label={t("login.out")}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t("login.out")}
        onClick={() => void leave()}
      >
        <Icon name="exit" />
      </ActionIcon>
    </Tooltip>
  );
}

export function Controls({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  return (
    <Group gap={6} ml="auto" wrap="nowrap">
      <Tooltip label={t("keys.title")}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          visibleFrom="sm"
          aria-label={t("keys.title")}
          onClick={onHelp}
        >
          <Icon name="keyboard" />
        </ActionIcon>
      </Tooltip>
      <LanguageSwitch />
      <ThemeSwitch />
      <SignOut />
    </Group>
  );
}
