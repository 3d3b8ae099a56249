/** Runs variants one after another, again and again, so that each meets the machine in all its moods. */

export type Variant<Result> = { readonly name: string; readonly run: () => Promise<Result> };

/**
 * Each variant once a round, in an order that turns from round to round. The first round is a warm-up (files come into the cache) and
 * is not in the results. A variant that throws ends the measurement: a table with holes is not a result.
 */
export async function inRounds<Result>(
  variants: readonly Variant<Result>[],
  rounds: number,
): Promise<Map<string, Result[]>> {
  const results = new Map<string, Result[]>(variants.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (let i = 0; i < variants.length; i += 1) {
      const variant = variants[(i + round + variants.length) % variants.length];
      if (variant === undefined) continue;
      const result = await variant.run();
      if (round >= 0) results.get(variant.name)?.push(result);
    }
  }
  return results;
}
