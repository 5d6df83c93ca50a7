import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function Loading() {
  const { t } = useTranslation();
  return (
    <Stack aria-busy="true">
      <VisuallyHidden>{t("app.loading")}</VisuallyHidden>
      <Skeleton h={34} w={220} />
      <Skeleton h={160} />
    </Stack>
  );
}
