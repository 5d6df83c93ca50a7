import { Button, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isRouteErrorResponse, Link, useRouteError } from "react-router";

/** A page whose code could not be loaded: mostly because the program was replaced by a newer one. */
const isStale = (error: unknown) =>
  error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);

export function ErrorPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <Stack p="xl" maw={680} mx="auto" role="alert">
      <Title order={1} size="h2">
        {isStale(error) ? t("app.stale") : t("app.broken")}
      </Title>
      <Text>{isStale(error) ? t("app.staleHint") : t("app.brokenHint")}</Text>
      {!isStale(error) && <Code block>{error instanceof Error ? error.message : String(error)}</Code>}
      <Group>
        <Button onClick={() => window.location.reload()}>{t("app.reload")}</Button>
        <Button variant="default" component="a" href="/">
          {t("app.toHome")}
        </Button>
      </Group>
    </Stack>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Stack py="xl">
      <title>{`${t("app.notFound")} · weldlm`}</title>
      <Title order={1} size="h2">
        {t("app.notFound")}
      </Title>
      <Text>{t("app.notFoundHint")}</Text>
      <Group>
        <Button component={Link} to="/">
          {t("app.toHome")}
        </Button>
      </Group>
    </Stack>
  );
}
