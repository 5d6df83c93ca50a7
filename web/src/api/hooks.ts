import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call, client, setCsrf } from "./client";
import type { Fields } from "./types";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    const session = await call(client.GET("/session", { signal }));
    setCsrf(session.csrf ?? null);
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export const catalogQuery = queryOptions({
  queryKey: ["catalog"],
  queryFn: ({ signal }) => call(client.GET("/catalog", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const systemQuery = queryOptions({
  queryKey: ["system"],
  queryFn: ({ signal }) => call(client.GET("/system", { signal })),
  staleTime: 10_000,
});

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => call(client.GET("/models", { signal })),
  staleTime: 60_000,
});

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => call(client.GET("/settings", { signal })),
  staleTime: 60_000,
});

export const recipesQuery = queryOptions({
  queryKey: ["recipes"],
  queryFn: ({ signal }) => call(client.GET("/recipes", { signal })),
});

/** A folder below the allowed roots; without a path, the roots. */
export function filesQuery(path: string | null) {
  return queryOptions({
    queryKey: ["files", path],
    queryFn: ({ signal }) =>
      call(client.GET("/files", { params: { query: path === null ? {} : { path } }, signal })),
    staleTime: 2_000,
    retry: false,
  });
}

/** What lies at a path, from headers alone. */
export function inspectQuery(path: string) {
  return queryOptions({
    queryKey: ["inspect", path],
    queryFn: ({ signal }) => call(client.POST("/inspect", { body: { path }, signal })),
    staleTime: 30_000,
    retry: false,
  });
}

/** What a request would do. A newer question aborts the older one. */
export function usePreflight(fields: Fields | null) {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: ["plan", i18n.language, fields],
    queryFn: ({ signal }) => call(client.POST("/plan", { body: fields ?? {}, signal })),
    enabled: fields !== null,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    gcTime: 30_000,
    retry: false,
  });
}
