import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { i18n } from "@/i18n";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

const locale = (lang: string) => (lang === "zh" ? "zh-CN" : "en");

/** `15.2 GB`; 1 GB is 10⁹ bytes. */
export function formatBytes(bytes: number, lang: string): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.5 would be shown as 1,000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  const number = new Intl.NumberFormat(locale(lang), { maximumFractionDigits: digits }).format(value);
  return `${number} ${UNITS[unit]}`;
}

/** `2 min 10 s`; the two largest units. */
export function formatDuration(seconds: number, lang: string): string {
  const t = i18n.getFixedT(lang);
  if (seconds < 1) return t("unit.below", { time: t("unit.s", { n: 1 }) });
  const whole = Math.round(seconds);
  const parts: ["d" | "h" | "min" | "s", number][] = [
    ["d", Math.floor(whole / 86_400)],
    ["h", Math.floor(whole / 3600) % 24],
    ["min", Math.floor(whole / 60) % 60],
    ["s", whole % 60],
  ];
  const first = parts.findIndex(([, n]) => n > 0);
  const shown = parts.slice(first, first + 2).filter(([, n]) => n > 0);
  return shown.map(([unit, n]) => t(`unit.${unit}`, { n })).join(" ");
}

/** A moment, in the reader's time zone. */
function formatTime(iso: string, lang: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(locale(lang), {
    ...(today ? {} : { year: "numeric", month: "short", day: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).format(date);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** `3 minutes ago`. */
export function formatAgo(iso: string, lang: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return iso;
  const format = new Intl.RelativeTimeFormat(locale(lang), { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.round(seconds / length), unit);
  }
  return format.format(Math.round(seconds), "second");
}

/** Numbers, sizes and times in the language of the page. */
export function useFormat() {
  const lang = useTranslation().i18n.language;
  return useMemo(() => {
    const number = new Intl.NumberFormat(locale(lang));
    const percent = new Intl.NumberFormat(locale(lang), { style: "percent", maximumFractionDigits: 1 });
    return {
      number: (n: number) => number.format(n),
      percent: (share: number) => percent.format(share),
      bytes: (n: number) => formatBytes(n, lang),
      rate: (n: number) => i18n.getFixedT(lang)("unit.perSecond", { amount: formatBytes(n, lang) }),
      duration: (seconds: number) => formatDuration(seconds, lang),
      time: (iso: string) => formatTime(iso, lang),
      ago: (iso: string) => formatAgo(iso, lang),
    };
  }, [lang]);
}
