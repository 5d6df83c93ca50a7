import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { catalogQuery, filesQuery, inspectQuery, modelsQuery, systemQuery } from "@/api/hooks";
import { parentOf } from "@/lib/paths";
import type { Form, Proposals } from "./form";
import { type AdapterFacts, adapterFacts, proposeBase, proposeOutput } from "./propose";

const TYPING_MS = 400;

/** What lies at a path that is being typed. */
export function useInspection(path: string) {
  const [settled] = useDebouncedValue(path.trim(), TYPING_MS);
  const query = useQuery({ ...inspectQuery(settled), enabled: settled !== "" });
  return {
    data: settled === path.trim() ? query.data : undefined,
    error: query.error,
    busy: query.isFetching,
  };
}

interface Found {
  proposals: Proposals;
  facts: AdapterFacts | null;
  /** The base is being looked for. */
  looking: boolean;
}

/** What the page puts in place of fields that were left alone. */
export function useProposals(form: Form): Found {
  const first = form.adapters[0]?.path ?? "";
  const adapter = useInspection(first);
  const models = useQuery(modelsQuery);
  const system = useQuery(systemQuery);
  const catalog = useQuery(catalogQuery);
  const facts = adapterFacts(adapter.data);
  const folder = facts?.baseModel && first.startsWith("/") ? parentOf(first) : "";
  const around = useQuery({ ...filesQuery(folder), enabled: folder !== "" });
  const beside = (around.data?.entries ?? []).filter((entry) => entry.looks === "model");
  const cached = (models.data ?? []).map((model) => model.id);
  const base = proposeBase(facts, cached, beside);
  const root = system.data?.roots[0]?.path;
  const known = catalog.data?.formats.filter((format) => format.export).map((format) => format.name) ?? [];
  const formats = known.length === 1 ? known : [];

  const subject = first || (form.task === "export" ? (form.base ?? base ?? "") : "");
  const chosen = (form.formats ?? formats)[0]?.split(":")[0];
  const ending = form.task === "merge" ? "merged" : (chosen ?? "export");
  return {
    proposals: { base, formats, output: proposeOutput(subject, ending, root) },
    facts,
    looking: adapter.busy && form.base === null,
  };
}
