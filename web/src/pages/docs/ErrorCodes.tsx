import { Paper, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { call, client, problemOf } from "@/api/client";
import { ProblemCard } from "@/components/ProblemCard";
import { language } from "@/i18n";

/** Every message that the program can give, in the language of the page. */
export function ErrorCodes() {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const { data, error } = useQuery({
    queryKey: ["messages"],
    queryFn: ({ signal }) => call(client.GET("/messages", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <ProblemCard problem={problemOf(error)} />;
  if (!data) return <Skeleton h={320} />;
  const lang = language();
  const shown = Object.entries(data)
    .map(([code, texts]) => ({ code, ...texts[lang] }))
    .filter(({ code, text, hint }) => `${code} ${text} ${hint}`.toLowerCase().includes(wanted));
  return (
    <Stack gap="sm">
      <TextInput
        data-search
        type="search"
        label={t("docs.searchErrors")}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Text size="sm" c="dimmed" role="status">
        {t("docs.shown", { count: shown.length })}
      </Text>
      {shown.map(({ code, text, hint }) => (
        <Paper key={code} withBorder p="sm" id={code}>
          <Text span ff="monospace" fw={700} mr="sm">
            {code}
          </Text>
          <Text span>{text}</Text>
          {hint && (
            <Text size="sm" c="dimmed">
              {hint}
            </Text>
          )}
        </Paper>
      ))}
    </Stack>
  );
}
