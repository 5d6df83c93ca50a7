import { Paper, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  lead?: string;
  children: ReactNode;
}

export function Block({ title, lead, children }: Props) {
  return (
    <section>
      <Title order={2} size="h4">
        {title}
      </Title>
      {lead && (
        <Text size="sm" c="dimmed" mt={2}>
          {lead}
        </Text>
      )}
      <Paper withBorder p="md" mt="sm">
        {children}
      </Paper>
    </section>
  );
}
