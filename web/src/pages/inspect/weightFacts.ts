import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { type FactOf, fact } from "../shared/Facts";
import type { AdapterInspection, ModelInspection } from "./types";

/** `135 M`, `7.6 B`: as people name models. */
export function short(parameters: number): string {
  for (const [unit, size] of [
    ["T", 1e12],
    ["B", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ] as const) {
    if (parameters >= size) return `${Number((parameters / size).toPrecision(3))} ${unit}`;
  }
  return String(parameters);
}

/** What models and adapters have in common. */
export function useWeights(view: ModelInspection | AdapterInspection): (FactOf | null)[] {
  const { t } = useTranslation();
  const format = useFormat();
  const files = view.files ?? [];
  return [
    fact(t("inspect.fact.parameters"), view.parameters === undefined ? null : short(view.parameters)),
    fact(t("inspect.fact.size"), view.bytes === undefined ? null : format.bytes(view.bytes)),
    fact(
      t("inspect.fact.types"),
      view.types.map((type) => `${type.dtype} × ${format.number(type.tensors)}`).join(", "),
    ),
    fact(
      t("inspect.fact.format"),
      view.format ? t("inspect.fact.formatOf", { format: view.format, count: files.length }) : null,
    ),
  ];
}
