import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import zh from "./zh.json";

export type Lang = "en" | "zh";
/** What the user chose; `auto` is the browser's language. */
export type LangChoice = Lang | "auto";

const KEY = "weldlm-lang";

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** The choice made in this browser, if there was one. */
function languageChoice(): LangChoice | null {
  const kept = read();
  return kept === "en" || kept === "zh" || kept === "auto" ? kept : null;
}

function ofBrowser(): Lang {
  for (const tag of navigator.languages ?? [navigator.language]) {
    if (tag.toLowerCase().startsWith("zh")) return "zh";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

const resolve = (choice: LangChoice | null): Lang =>
  choice === "en" || choice === "zh" ? choice : ofBrowser();

function mark(lang: string) {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
}

export const i18n = i18next.createInstance();
// Resources are at hand, so this is done before the first render.
void i18n.use(initReactI18next).init({
  resources: { en: { translation: en }, zh: { translation: zh } },
  lng: resolve(languageChoice()),
  fallbackLng: "en",
  initAsync: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
});
mark(i18n.language);
i18n.on("languageChanged", mark);

/** The language of the page. */
export function language(): Lang {
  return i18n.language === "zh" ? "zh" : "en";
}

function switchTo(lang: Lang) {
  if (lang !== i18n.language) void i18n.changeLanguage(lang);
}

/** Takes the choice and keeps it in this browser. */
export function chooseLanguage(choice: LangChoice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // A browser that keeps nothing still switches.
  }
  switchTo(resolve(choice));
}

/** The server's choice counts where this browser has none. */
export function suggestLanguage(choice: LangChoice) {
  if (languageChoice() === null) switchTo(resolve(choice));
}
