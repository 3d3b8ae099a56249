/**
 * Where a person has put what is watched. What is not mentioned stands where the code says: in a scope, in the group of its function.
 * Pure: every move makes a new arrangement, so that an old one can be taken back.
 */
import type { AnchorKey } from "./anchor-key.ts";

export type Place =
  | { readonly kind: "scope"; readonly group: string }
  /** Only its value: at the end of its line, and as a chip above the scopes. */
  | { readonly kind: "chip" }
  /** In the picture of another scope. */
  | { readonly kind: "overlay"; readonly on: AnchorKey };

export type Arrangement = {
  readonly places: ReadonlyMap<AnchorKey, Place>;
  /** Scopes in reading order, as they stood after the last move; later ones come behind. */
  readonly order: readonly AnchorKey[];
};

export const asTheCodeSays: Arrangement = { places: new Map(), order: [] };

/** The groups as they are shown now, with their scopes in reading order. */
export type Standing = readonly { readonly id: string; readonly keys: readonly AnchorKey[] }[];

export type Side = "before" | "after";
export type Direction = "left" | "right" | "up" | "down";

export function moveBeside(
  before: Arrangement,
  standing: Standing,
  { key, other, side }: { readonly key: AnchorKey; readonly other: AnchorKey; readonly side: Side },
): Arrangement {
  const group = groupOf(standing, other);
  if (group === undefined || key === other) return before;
  const others = orderOf(standing).filter((candidate) => candidate !== key);
  const at = others.indexOf(other) + (side === "after" ? 1 : 0);
  const order = [...others.slice(0, at), key, ...others.slice(at)];
  return { places: withPlace(before, key, { kind: "scope", group: group.id }), order };
}

export function moveToGroup(before: Arrangement, standing: Standing, key: AnchorKey, id: string): Arrangement {
  const last = standing.find((group) => group.id === id)?.keys.findLast((candidate) => candidate !== key);
  return last === undefined ? before : moveBeside(before, standing, { key, other: last, side: "after" });
}

/** Out of a group of several into one of its own, right behind it. */
export function moveToOwnGroup(before: Arrangement, standing: Standing, key: AnchorKey): Arrangement {
  const last = groupOf(standing, key)?.keys.findLast((candidate) => candidate !== key);
  if (last === undefined) return before;
  const { order } = moveBeside(before, standing, { key, other: last, side: "after" });
  return { places: withPlace(before, key, { kind: "scope", group: `own ${key}` }), order };
}

/** One step: left and right in reading order, up and down from group to group. The same arrangement when there is nowhere to go. */
export function moveOneStep(
  before: Arrangement,
  standing: Standing,
  { key, direction }: { readonly key: AnchorKey; readonly direction: Direction },
): Arrangement {
  const at = standing.findIndex(({ keys }) => keys.includes(key));
  const keys = standing[at]?.keys ?? [];
  const isForth = direction === "right" || direction === "down";
  const next = standing[at + (isForth ? 1 : -1)];
  if (direction === "left" || direction === "right") {
    const other = keys[keys.indexOf(key) + (isForth ? 1 : -1)];
    if (other !== undefined) return moveBeside(before, standing, { key, other, side: isForth ? "after" : "before" });
  }
  if (next === undefined) return direction === "down" ? moveToOwnGroup(before, standing, key) : before;
  const other = isForth ? next.keys[0] : next.keys.at(-1);
  return other === undefined
    ? before
    : moveBeside(before, standing, { key, other, side: isForth ? "before" : "after" });
}

export function showAsChip(before: Arrangement, key: AnchorKey): Arrangement {
  return { ...before, places: withPlace(before, key, { kind: "chip" }) };
}

export function layOver(before: Arrangement, key: AnchorKey, on: AnchorKey): Arrangement {
  return { ...before, places: withPlace(before, key, { kind: "overlay", on }) };
}

/** Back to a scope in the group of its function. */
export function showAsScope(before: Arrangement, key: AnchorKey): Arrangement {
  const places = new Map(before.places);
  places.delete(key);
  return { ...before, places };
}

export type Presented<T> = {
  readonly scopes: readonly T[];
  readonly chips: readonly T[];
  readonly overlays: ReadonlyMap<AnchorKey, readonly T[]>;
};

/** What is shown how. An overlay whose scope is gone is a scope of its own again. */
export function present<T extends { readonly key: AnchorKey }>(
  probes: readonly T[],
  { places, order }: Arrangement,
): Presented<T> {
  const kindOf = (key: AnchorKey) => places.get(key)?.kind ?? "scope";
  const hosts = new Set(probes.filter(({ key }) => kindOf(key) === "scope").map(({ key }) => key));
  const hostOf = (key: AnchorKey) => {
    const place = places.get(key);
    return place?.kind === "overlay" && hosts.has(place.on) ? place.on : undefined;
  };
  const isScope = ({ key }: T) => kindOf(key) !== "chip" && hostOf(key) === undefined;
  const rank = new Map(order.map((key, at) => [key, at]));
  const scopes = probes.filter(isScope);
  return {
    scopes: scopes.sort((a, b) => (rank.get(a.key) ?? order.length) - (rank.get(b.key) ?? order.length)),
    chips: probes.filter(({ key }) => kindOf(key) === "chip"),
    overlays: Map.groupBy(
      probes.filter(({ key }) => hostOf(key) !== undefined),
      ({ key }) => hostOf(key) as AnchorKey,
    ),
  };
}

/** As it is kept in the browser. */
export function encodeArrangement({ places, order }: Arrangement): unknown {
  return { places: [...places], order };
}

/** What was kept, as far as it still makes sense. */
export function decodeArrangement(kept: unknown): Arrangement {
  if (typeof kept !== "object" || kept === null) return asTheCodeSays;
  const { places, order } = kept as { places?: unknown; order?: unknown };
  if (!Array.isArray(places) || !Array.isArray(order)) return asTheCodeSays;
  return {
    places: new Map(places.filter(isPlaced)),
    order: order.filter((key): key is AnchorKey => typeof key === "string"),
  };
}

function isPlaced(entry: unknown): entry is [AnchorKey, Place] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const place: unknown = entry[1];
  if (typeof place !== "object" || place === null || !("kind" in place)) return false;
  if (place.kind === "scope") return "group" in place && typeof place.group === "string";
  return place.kind === "chip" || (place.kind === "overlay" && "on" in place && typeof place.on === "string");
}

function groupOf(standing: Standing, key: AnchorKey): Standing[number] | undefined {
  return standing.find(({ keys }) => keys.includes(key));
}

function orderOf(standing: Standing): readonly AnchorKey[] {
  return standing.flatMap(({ keys }) => keys);
}

function withPlace({ places }: Arrangement, key: AnchorKey, place: Place): ReadonlyMap<AnchorKey, Place> {
  return new Map(places).set(key, place);
}
