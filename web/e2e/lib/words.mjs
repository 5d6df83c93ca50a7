// The texts of the pages, by their keys, so that tests find things as people do and in both languages.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./place.mjs";

const load = (lang) => JSON.parse(readFileSync(join(ROOT, "web", "src", "i18n", `${lang}.json`), "utf8"));
const catalogues = { en: load("en"), zh: load("zh") };

/** The text of a key: words("zh")("jobs.title"). */
export function words(lang) {
  return (key, values = {}) => {
    const text = key.split(".").reduce((part, name) => part?.[name], catalogues[lang]);
    if (typeof text !== "string") throw new Error(`${lang}.json has no ${key}`);
    return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name) => values[name] ?? whole);
  };
}
