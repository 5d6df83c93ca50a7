import type { TFunction } from "i18next";
import type { useFormat } from "@/lib/format";
import { join } from "@/lib/paths";
import type { PathKind } from "@/lib/recents";

type Formats = ReturnType<typeof useFormat>;
type Json = Record<string, unknown>;

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

const CHOICES = 6;

/** What a folder without weights of its own holds that the field could take, the newest checkpoint first. */
export function below(found: Json, kind: PathKind): { name: string; path: string }[] {
  if (found.kind !== "folder" || typeof found.path !== "string") return [];
  const folder = found.path;
  const fitting = list(found.below).filter((item) => kind === "any" || item.kind === kind);
  return fitting
    .slice(0, CHOICES)
    .map((item) => ({ name: String(item.name), path: join(folder, String(item.name)) }));
}

/** What was found at a path, in one line. */
export function summary(found: Json, format: Formats, t: TFunction): string | null {
  const bytes = typeof found.bytes === "number" ? format.bytes(found.bytes) : null;
  const files = list(found.files).length;
  const parts = (items: (string | null | undefined)[]) => items.filter(Boolean).join(" · ");
  if (found.kind === "model") {
    const types = list(found.types).map((type) => String(type.dtype));
    const quantised = found.quantised as Json | null;
    return parts([
      typeof found.model_type === "string" ? found.model_type : String(found.name ?? ""),
      types[0],
      bytes,
      files ? t("form.files", { count: files }) : null,
      quantised ? t("form.quantised", { method: String(quantised.method) }) : null,
    ]);
  }
  if (found.kind === "adapter") {
    const groups = list(found.groups).map((group) => {
      const rank = typeof group.rank === "number" ? ` r=${group.rank}` : "";
      return `${group.type}${rank} ×${group.tensors}`;
    });
    const trained = typeof found.base_model === "string" && found.base_model ? found.base_model : null;
    return parts([
      groups.slice(0, 4).join(", "),
      bytes,
      trained ? t("form.trainedOn", { base: trained }) : null,
    ]);
  }
  if (found.kind === "folder") {
    const below = list(found.below).map((item) => String(item.name));
    return below.length ? t("form.below", { names: below.slice(0, 5).join(", ") }) : null;
  }
  return null;
}
