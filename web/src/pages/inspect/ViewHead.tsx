import { Badge, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  name: string;
  looks: "model" | "adapter";
  /** What can be done with it. */
  children: ReactNode;
}

/** What was found, by name and kind. */
export function ViewHead({ name, looks, children }: Props) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" mb="sm" gap="sm">
      <Group gap="xs">
        <Text fw={650} size="lg" style={{ overflowWrap: "anywhere" }}>
          {name}
        </Text>
        <Badge variant="light" tt="none">
          {t(`files.looks.${looks}`)}
        </Badge>
      </Group>
      {children}
    </Group>
  );
}
