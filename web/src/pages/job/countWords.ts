import type { TFunction } from "i18next";
import type { Counts } from "../shared/types";

/** `56 of 74 tensors changed, 2 replaced, 16 untouched`: zeros are not worth a word, except that nothing changed. */
export function countWords(counts: Counts, t: TFunction): string[] {
  const words = [t("job.counts.changed", { n: counts.applied, count: counts.tensors })];
  if (counts.replaced > 0) words.push(t("job.counts.replaced", { n: counts.replaced }));
  if (counts.added > 0) words.push(t("job.counts.added", { n: counts.added }));
  words.push(t("job.counts.untouched", { n: counts.untouched }));
  if (counts.skipped > 0) words.push(t("job.counts.skipped", { n: counts.skipped }));
  return words;
}
