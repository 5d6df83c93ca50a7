import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { call, client } from "@/api/client";
import type { Fields } from "@/api/types";
import { fromParams, toParams } from "./address";
import { type Form, fromFields, type Task, taskOf, toFields } from "./form";

const ADDRESS_MS = 300;
/** The mutation that starts a job and ends on its page. */
export const STARTING = ["start"];

/** A job to clone or a recipe to load, as the address names it. */
function useOrigin(params: URLSearchParams) {
  const from = params.get("from");
  const recipe = params.get("recipe");
  return useQuery({
    queryKey: ["origin", from, recipe],
    enabled: from !== null || recipe !== null,
    retry: false,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }): Promise<Fields> => {
      if (from !== null) {
        const job = await call(client.GET("/jobs/{id}", { params: { path: { id: from } }, signal }));
        return job.request ?? {};
      }
      const found = await call(
        client.GET("/recipes/{name}", { params: { path: { name: recipe ?? "" } }, signal }),
      );
      return found.fields;
    },
  });
}

/** The form of a page; the address follows it, and it follows the address. */
export function useRequestForm(task: Task) {
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [form, setForm] = useState<Form>(() => fromFields(task, fromParams(params)));
  const written = useRef(params.toString());
  const origin = useOrigin(params);
  const loading = params.has("from") || params.has("recipe");

  const write = useDebouncedCallback((next: Form) => {
    // It would call off the way to the page of the job.
    if (queries.isMutating({ mutationKey: STARTING }) > 0) return;
    const address = toParams(toFields(next)).toString();
    if (address === written.current) return;
    written.current = address;
    setParams(new URLSearchParams(address), { replace: true, preventScrollReset: true });
  }, ADDRESS_MS);

  const change = useCallback(
    (update: Partial<Form> | ((form: Form) => Form)) =>
      setForm((old) => (typeof update === "function" ? update(old) : { ...old, ...update })),
    [],
  );

  useEffect(() => {
    if (!loading) write(form);
  }, [form, loading, write]);

  // A link, or the way back, led here with another request.
  const address = params.toString();
  useEffect(() => {
    if (loading || address === written.current) return;
    written.current = address;
    setForm(fromFields(task, fromParams(new URLSearchParams(address))));
  }, [address, loading, task]);

  useEffect(() => {
    if (!loading || !origin.data) return;
    const found = taskOf(origin.data);
    const next = toParams(toFields(fromFields(found, origin.data))).toString();
    void navigate(`/${found}?${next}`, { replace: true });
  }, [loading, origin.data, navigate]);

  return { form, change, loading: loading && origin.isPending, originError: origin.error };
}
