/** Which rows of a long list of equal rows are on the screen. */

export interface WindowOptions {
  top: number;
  height: number;
  count: number;
  row: number;
  overscan?: number;
}

export interface Window {
  /** First row to draw. */
  start: number;
  /** One past the last. */
  end: number;
  /** Pixels of the rows before and after. */
  before: number;
  after: number;
}

export function windowOf({ top, height, count, row, overscan = 8 }: WindowOptions): Window {
  const first = Math.floor(Math.max(0, top) / row);
  const start = Math.max(0, Math.min(first, count) - overscan);
  const end = Math.min(count, Math.ceil((Math.max(0, top) + Math.max(height, row)) / row) + overscan);
  const safeEnd = Math.max(start, end);
  return { start, end: safeEnd, before: start * row, after: (count - safeEnd) * row };
}

/** Whether a box is scrolled to its end; fractions of a pixel do not count. */
export function atEnd(top: number, height: number, full: number): boolean {
  return full - top - height < 4;
}
