import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Stack } from "./layers";
import { series } from "./plotData";

const COLORS = {
  light: ["#0c615e", "#9a4a00", "#5b3fa8", "#8a1f4b", "#3b5b00"],
  dark: ["#7fd0cc", "#f3bd74", "#c3b1ff", "#ff9dbd", "#b6d973"],
};
/** Series are told apart by their dashes, too. */
const DASHES: (number[] | undefined)[] = [undefined, [8, 4], [2, 3], [10, 3, 2, 3], [4, 2]];
const HEIGHT = 220;

interface Props {
  stack: Stack;
  words: { layer: string; all: string };
}

/** The chart itself, apart because it brings a library along. The table beside it says the same. */
export default function LayerPlot({ stack, words }: Props) {
  const box = useRef<HTMLDivElement | null>(null);
  const scheme = useComputedColorScheme("light");
  const { layer, all } = words;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const { data, names } = series(stack);
    const ink = scheme === "dark" ? "#b3b8bd" : "#545b62";
    const grid = { stroke: scheme === "dark" ? "#3a3d3f" : "#e3e7e8", width: 1 };
    const percent = (value: number | null | undefined) => (value == null ? "–" : `${value.toPrecision(3)} %`);
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
        axes: [
          {
            stroke: ink,
            grid,
            ticks: grid,
            incrs: [1, 2, 5, 10, 20, 50],
            label: layer,
            labelSize: 22,
            labelFont: "12px sans-serif",
            font: "12px sans-serif",
          },
          {
            stroke: ink,
            grid,
            ticks: grid,
            size: 64,
            font: "12px sans-serif",
            values: (_, at) => at.map((v) => `${Number(v.toPrecision(3))} %`),
          },
        ],
        series: [
          { label: layer },
          ...names.map((name, i) => ({
            label: name === "" ? all : name,
            stroke: COLORS[scheme][i % COLORS[scheme].length],
            width: i === 0 ? 2.5 : 1.5,
            dash: DASHES[i % DASHES.length],
            points: { show: stack.layers.length <= 48, size: i === 0 ? 6 : 4 },
            value: (_: uPlot, value: number | null) => percent(value),
          })),
        ],
        cursor: { drag: { x: false, y: false } },
      },
      data as uPlot.AlignedData,
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [stack, scheme, layer, all]);
  return <div ref={box} aria-hidden />;
}
