/** Which lens shows a value: the person's choice, else the one that accepts the value best. Pure. */

import { type Lens, lenses } from "@pyprobe/lens";
import type { CaptureValue } from "@pyprobe/protocol";
import { groupDigits } from "../state/group-digits.ts";

/** Shows every value: what a view opens with before its value is known, and what is offered when another lens fails. */
export const VALUE_LENS = "value";

export function bestLens(value: CaptureValue, from: readonly Lens[] = lenses): string {
  let best: Lens | undefined;
  let bestScore = 0;
  for (const lens of from) {
    const score = lens.accepts(value);
    if (score > bestScore) {
      best = lens;
      bestScore = score;
    }
  }
  return best?.id ?? VALUE_LENS;
}

export type LensChoice = { readonly id: string; readonly title: string; readonly refusal: string | null };

/** Every lens, with the reason where it cannot show this value. Before a value is known all are on offer. */
export function lensChoices(value: CaptureValue | null, from: readonly Lens[] = lenses): readonly LensChoice[] {
  return from.map((lens) => ({
    id: lens.id,
    title: lens.title,
    refusal: value === null || lens.accepts(value) > 0 ? null : `does not show ${describeType(value)}`,
  }));
}

/** `complex64 [1024]`, `float`, `text`, `dict`: what a value is, in a few characters. */
export function describeType(value: CaptureValue): string {
  switch (value.kind) {
    case "scalar":
      return value.type;
    case "array":
      return `${value.dtype} [${value.shape.join(" × ")}]`;
    case "text":
      return `text of ${groupDigits(value.length)}`;
    case "none":
      return "None";
    case "tree":
      return value.length === undefined ? value.type : `${value.type} of ${groupDigits(value.length)}`;
  }
}

/** `describeType` where there is little room: `c64 [1024]`, `f64`. */
export function shortType(value: CaptureValue): string {
  return describeType(value).replace(/^(complex|float|uint|int)(?=\d)/, (family) => family.charAt(0));
}
