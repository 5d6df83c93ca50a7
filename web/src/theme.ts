import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, Modal } from "@mantine/core";

const sea: MantineColorsTuple = [
  "#e8f6f5",
  "#d3e9e8",
  "#a9d3d1",
  "#7bbcb9",
  "#54a9a5",
  "#3a9c98",
  "#28908c",
  "#17706d",
  "#0c615e",
  "#004f4c",
];

const FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "PingFang SC", "Hiragino Sans GB", ' +
  '"Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif';
const MONO =
  'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", ' +
  '"Microsoft YaHei", monospace';

export const theme = createTheme({
  colors: { sea },
  primaryColor: "sea",
  primaryShade: { light: 7, dark: 7 },
  fontFamily: FONTS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: FONTS, fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // The header element of a window is not the banner of the page.
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: "none" } } } }),
  },
  lineHeights: { xs: "1.6", sm: "1.6", md: "1.6", lg: "1.6", xl: "1.65" },
});

/** Mantine's own greys and reds are too faint for small text (WCAG AA asks for 4.5:1). */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#545b62",
    "--mantine-color-placeholder": "#6a7178",
    "--mantine-color-error": "#c02525",
    "--mantine-color-anchor": "#0c615e",
    "--weldlm-surface": "#f7f9f9",
    "--weldlm-ok": "#1b6e3c",
    "--weldlm-warn": "#8a4b00",
    "--weldlm-bad": "#b42318",
  },
  dark: {
    "--mantine-color-dimmed": "#b3b8bd",
    "--mantine-color-placeholder": "#9aa0a6",
    "--mantine-color-error": "#ff8f8a",
    "--mantine-color-anchor": "#7fd0cc",
    "--weldlm-surface": "#1f2223",
    "--weldlm-ok": "#7ed79c",
    "--weldlm-warn": "#f3bd74",
    "--weldlm-bad": "#ff9a92",
  },
});
