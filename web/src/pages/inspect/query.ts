import { queryOptions } from "@tanstack/react-query";
import { call, client } from "@/api/client";
import { language } from "@/i18n";
import type { Inspection } from "./types";

/** The list of tensors can be long, so it is asked for only where it is shown. */
export function lookQuery(path: string, options: { tensors?: boolean; base?: string } = {}) {
  const body = {
    path,
    ...(options.tensors ? { tensors: true } : {}),
    ...(options.base ? { base: options.base } : {}),
  };
  return queryOptions({
    // Some words of the answer are in the language of the question.
    queryKey: ["look", body, language()],
    queryFn: async ({ signal }) =>
      (await call(client.POST("/inspect", { body, signal }))) as unknown as Inspection,
    enabled: path !== "",
    staleTime: 30_000,
    retry: false,
  });
}
