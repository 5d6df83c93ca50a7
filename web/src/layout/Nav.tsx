import { NavLink, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { Icon, type IconName } from "@/components/Icon";

const PAGES = [
  { to: "/", key: "home", icon: "home" },
  { to: "/merge", key: "merge", icon: "merge" },
  { to: "/export", key: "export", icon: "export" },
  { to: "/jobs", key: "jobs", icon: "jobs" },
  { to: "/inspect", key: "inspect", icon: "inspect" },
  { to: "/diff", key: "diff", icon: "diff" },
  { to: "/recipes", key: "recipes", icon: "recipes" },
] as const satisfies { to: string; key: string; icon: IconName }[];

const MORE = [
  { to: "/settings", key: "settings", icon: "settings" },
  { to: "/api/docs", key: "docs", icon: "book" },
] as const satisfies { to: string; key: string; icon: IconName }[];

export function Nav() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const link = ({ to, key, icon }: (typeof PAGES)[number] | (typeof MORE)[number]) => {
    const active = to === "/" ? pathname === "/" : pathname === to || pathname.startsWith(`${to}/`);
    return (
      <NavLink
        key={to}
        component={Link}
        to={to}
        label={t(`nav.${key}`)}
        leftSection={<Icon name={icon} />}
        active={active}
        aria-current={active ? "page" : undefined}
        style={{ borderRadius: "var(--mantine-radius-md)" }}
      />
    );
  };
  return (
    <Stack component="nav" aria-label={t("nav.label")} gap={2} h="100%">
      {PAGES.map(link)}
      <Stack gap={2} mt="auto">
        {MORE.map(link)}
      </Stack>
    </Stack>
  );
}
