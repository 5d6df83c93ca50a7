import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  /** Pixels that the content needs; a narrower page scrolls it in a box of its own. */
  minWidth: number;
  maxHeight?: number;
  label?: string;
  children: ReactNode;
}

/** A box that scrolls only when it must, and is a stop for the keyboard only then. */
export function Scroll({ minWidth, maxHeight, label, children }: Props) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement | null>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () =>
      setScrolls(
        element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1,
      );
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      ref={box}
      style={{ overflow: "auto", maxHeight }}
      {...(scrolls ? { tabIndex: 0, "aria-label": label ?? t("table.scroll") } : {})}
    >
      <div style={{ minWidth }}>{children}</div>
    </section>
  );
}
