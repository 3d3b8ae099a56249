/** How long to wait before the next attempt to reach the engine: doubling from 250 ms, at most 8 s, with up to 20 % of spread. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(8_000, 250 * 2 ** Math.max(0, attempt - 1));
  return Math.round(base * (1 + 0.2 * random()));
}
