/** Before which job one stands after a step up or down; null at the end. */
export function moved(jobs: readonly { id: string }[], index: number, step: -1 | 1): string | null {
  const next = step < 0 ? jobs[index - 1] : jobs[index + 2];
  return next?.id ?? null;
}
