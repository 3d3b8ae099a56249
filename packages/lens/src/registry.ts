import type { CaptureValue } from "@pyprobe/protocol";
import { constellationLens } from "./constellation/index.ts";
import { historyLens } from "./history/index.ts";
import type { Lens } from "./lens.ts";
import { valueLens } from "./value/index.ts";
import { waveformLens } from "./waveform/index.ts";

/** All lenses that come with the product, in the order of menus and number keys. */
export const lenses: readonly Lens[] = [waveformLens, constellationLens, historyLens, valueLens];

export function findLens(id: string): Lens | undefined {
  return lenses.find((lens) => lens.id === id);
}

export type LensChoice = { readonly lens: Lens; readonly score: number };

/** Every lens with how well it shows such a value, best first: the first is the default; those with score 0 are shown disabled. */
export function lensesFor(value: CaptureValue): readonly LensChoice[] {
  return lenses.map((lens) => ({ lens, score: lens.accepts(value) })).sort((a, b) => b.score - a.score);
}
