/** Line drawings on a grid of 24, drawn in the colour of the text around them. */
const SHAPES = {
  home: "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
  merge: "M6 4v4c0 4 6 4 6 8v4M18 4v4c0 4-6 4-6 8",
  export: "M12 15V4m0 0L8 8m4-4l4 4M5 14v5a1 1 0 001 1h12a1 1 0 001-1v-5",
  jobs: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  inspect: "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM20 20l-4.9-4.9",
  diff: "M8 5v14m0 0l-3-3m3 3l3-3M16 19V5m0 0l-3 3m3-3l3 3",
  recipes: "M6 4h9l4 4v12H6zM14 4v5h5M9 13h6M9 16.5h6",
  settings:
    "M12 15.2a3.2 3.2 0 100-6.4 3.2 3.2 0 000 6.4zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2",
  book: "M5 5.5C7 4.5 10 4.5 12 6c2-1.5 5-1.5 7-.5V19c-2-1-5-1-7 .5-2-1.5-5-1.5-7-.5zM12 6v13.5",
  folder: "M3.5 6.5a1 1 0 011-1H9l2 2.5h8.500a1 1 0 011 1V18a1 1 0 01-1 1h-15a1 1 0 01-1-1z",
  file: "M7 3.5h7l4 4v13H7zM13.5 3.500V8H18",
  plus: "M12 5v14M5 12h14",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l.8 13h8.400L17 7M10.5 11v5M13.5 11v5",
  up: "M12 19V5m0 0l-5 5m5-5l5 5",
  down: "M12 5v14m0 0l-5-5m5 5l5-5",
  right: "M9 5l7 7-7 7",
  check: "M5 12.500l4.5 4.500L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  warn: "M12 4.500L21 20H3zM12 10v4.500M12 17.200h.01",
  info: "M12 20.500a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM12 11v5M12 8h.01",
  clock: "M12 20.500a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM12 7.500V12l3 2",
  play: "M8 5.500v13l10-6.500z",
  pause: "M8.5 5.500v13M15.5 5.500v13",
  stop: "M7 7h10v10H7z",
  retry: "M19 12a7 7 0 11-2.2-5.100M19 4v4h-4",
  copy: "M9 9h10v11H9zM15 9V4.500H5V16h4",
  download: "M12 4v11m0 0l-4-4m4 4l4-4M5 19.500h14",
  swap: "M7 7h12m0 0l-3-3m3 3l-3 3M17 17H5m0 0l3-3m-3 3l3 3",
  language:
    "M12 20.500a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM3.5 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
  sun: "M12 16a4 4 0 100-8 4 4 0 000 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.600L7 7M17 17l1.4 1.400M5.6 18.400L7 17M17 7l1.4-1.4",
  moon: "M19.5 14.500A8 8 0 019.5 4.500a8 8 0 1010 10z",
  contrast: "M12 20.500a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM12 3.500v17M14 6v12M16.5 8v8",
  keyboard: "M3.5 6.500h17v11h-17zM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8",
  exit: "M14 8V4.500H5v15h9V16M10 12h10m0 0l-3-3m3 3l-3 3",
} as const;

export type IconName = keyof typeof SHAPES;

interface Props {
  name: IconName;
  size?: number;
  /** Said to people who do not see it; without it the drawing is decoration. */
  label?: string;
}

export function Icon({ name, size = 18, label }: Props) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: "none" }}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      <path d={SHAPES[name]} />
    </svg>
  );
}
