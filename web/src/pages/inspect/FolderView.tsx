import { Anchor, Badge, Group, Paper, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "@/components/Icon";
import { join } from "@/lib/paths";
import { withParams } from "../shared/links";
import type { FolderInspection } from "./types";

interface Props {
  view: FolderInspection;
  path: string;
}

/** A folder without weights of its own: what lies below. */
export function FolderView({ view, path }: Props) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="md">
      <Text mb="sm">{t("inspect.below", { count: view.below.length })}</Text>
      <Stack gap={6}>
        {view.below.map((found) => (
          <Group key={found.name} gap="sm">
            <Icon name="folder" />
            <Anchor component={Link} to={withParams("/inspect", { path: join(path, found.name) })}>
              {found.name}
            </Anchor>
            <Badge variant="light" tt="none">
              {t(`files.looks.${found.kind}`)}
            </Badge>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}
