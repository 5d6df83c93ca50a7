import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call, client } from "@/api/client";
import { settingsQuery, systemQuery } from "@/api/hooks";
import type { Settings } from "@/api/types";
import { announce } from "@/lib/announce";

/** Saves changed settings on the server. */
export function useSave(settings: Settings) {
  const cache = useQueryClient();
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (changes: Partial<Settings>) =>
      call(client.PUT("/settings", { body: { ...settings, ...changes } })),
    onSuccess: (saved) => {
      cache.setQueryData(settingsQuery.queryKey, saved);
      announce(t("settings.saved"));
      return cache.invalidateQueries({ queryKey: systemQuery.queryKey });
    },
  });
}
