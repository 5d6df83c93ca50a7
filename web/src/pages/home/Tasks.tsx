import { SimpleGrid, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon, type IconName } from "@/components/Icon";
import classes from "./Tasks.module.css";

const TASKS = [
  { to: "/merge", key: "merge", icon: "merge" },
  { to: "/export", key: "export", icon: "export" },
  { to: "/inspect", key: "inspect", icon: "inspect" },
] as const satisfies { to: string; key: string; icon: IconName }[];

/** What one comes here for. */
export function Tasks() {
  const { t } = useTranslation();
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {TASKS.map(({ to, key, icon }) => (
        <Link key={to} to={to} className={classes.card} data-first={key === "merge" || undefined}>
          <span className={classes.icon}>
            <Icon name={icon} size={24} />
          </span>
          <Title order={2} size="h4">
            {t(`home.task.${key}.title`)}
          </Title>
          <Text size="sm" c="dimmed">
            {t(`home.task.${key}.what`)}
          </Text>
        </Link>
      ))}
    </SimpleGrid>
  );
}
