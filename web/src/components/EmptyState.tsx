import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface Props {
  icon: IconName;
  title: string;
  /** What would be here, and how it comes to be. */
  children: ReactNode;
  action?: ReactNode;
}

/** A place with nothing in it says what it is for and what to do next. */
export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <Icon name={icon} size={36} />
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw={520}>
        {children}
      </Text>
      {action}
    </Stack>
  );
}
