import { Button, Card, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { problemOf } from "@/api/client";
import { sessionQuery } from "@/api/hooks";
import { signIn } from "@/api/login";
import type { Problem } from "@/api/types";
import { wordsOf } from "@/components/ProblemCard";
import { ConnectionBanner } from "@/layout/ConnectionBanner";
import { LanguageSwitch, ThemeSwitch } from "@/layout/Controls";

/** Only paths of this page: an address elsewhere would send people away. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

export default function LoginPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [params] = useSearchParams();
  const next = safeNext(params.get("next"));
  const session = useQuery(sessionQuery);
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const authenticated = session.data?.authenticated === true;
  const kind = session.data?.auth === "password" ? "password" : "token";

  useEffect(() => {
    if (authenticated) void navigate(next, { replace: true });
  }, [authenticated, navigate, next]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await signIn(secret);
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  const words = problem && wordsOf(problem);
  return (
    <Stack component="main" mih="100dvh" align="center" justify="center" p="md">
      <title>{`${t("login.title")} · weldlm`}</title>
      <Card withBorder padding="xl" w="100%" maw={440} radius="lg">
        <ConnectionBanner />
        <form onSubmit={(event) => void submit(event)}>
          <Stack>
            <Group gap="sm">
              <img src="/icon.svg" width={32} height={32} alt="" />
              <Title order={1} size="h3">
                {t("login.title")}
              </Title>
            </Group>
            <Text size="sm" c="dimmed">
              {t(`login.${kind}Hint`)}
            </Text>
            <PasswordInput
              label={t(`login.${kind}`)}
              value={secret}
              onChange={(event) => setSecret(event.currentTarget.value)}
              error={words && [words.what, words.hint].filter(Boolean).join(" · ")}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ "aria-label": t("login.show") }}
              required
              autoFocus
            />
            <Button type="submit" loading={busy}>
              {t("login.enter")}
            </Button>
          </Stack>
        </form>
      </Card>
      <Group>
        <LanguageSwitch />
        <ThemeSwitch />
      </Group>
    </Stack>
  );
}
