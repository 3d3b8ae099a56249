import fc from "fast-check";
import { expect, test } from "vitest";
import type { AnchorKey } from "./anchor-key.ts";
import {
  type Arrangement,
  asTheCodeSays,
  decodeArrangement,
  encodeArrangement,
  layOver,
  moveOneStep,
  moveToGroup,
  moveToOwnGroup,
  present,
  type Standing,
  showAsChip,
  showAsScope,
} from "./arrangement.ts";

const keyOf = (name: string) => name as AnchorKey;
const a = keyOf("a");
const b = keyOf("b");
const c = keyOf("c");
const probes = ["a", "b", "c", "d"].map((name) => ({ key: keyOf(name), home: name < "c" ? "first" : "second" }));

/** The groups that an arrangement makes of a, b (of one function) and c, d (of another). */
function standing(arrangement: Arrangement): Standing {
  const { scopes } = present(probes, arrangement);
  const groups = Map.groupBy(scopes, ({ key, home }) => {
    const place = arrangement.places.get(key);
    return place?.kind === "scope" ? place.group : home;
  });
  return [...groups].map(([id, members]) => ({ id, keys: members.map(({ key }) => key) }));
}
const text = (arrangement: Arrangement) =>
  standing(arrangement)
    .map(({ keys }) => keys.join(""))
    .join(" ");

test("left and right swap within a group, and go on into the next one", () => {
  const step = (before: Arrangement, direction: "left" | "right") =>
    moveOneStep(before, standing(before), { key: a, direction });
  const once = step(asTheCodeSays, "right");
  expect(text(once)).toBe("ba cd");
  const twice = step(once, "right");
  expect(text(twice)).toBe("b acd");
  expect(text(step(twice, "left"))).toBe("ba cd");
  expect(step(asTheCodeSays, "left")).toBe(asTheCodeSays);
});

test("up and down go from group to group; below the last one is a group of its own", () => {
  const down = moveOneStep(asTheCodeSays, standing(asTheCodeSays), { key: c, direction: "down" });
  expect(text(down)).toBe("ab d c");
  const up = moveOneStep(down, standing(down), { key: c, direction: "up" });
  expect(text(up)).toBe("ab dc");
});

test("a scope moves to the end of another group, or out of its own", () => {
  expect(text(moveToGroup(asTheCodeSays, standing(asTheCodeSays), a, "second"))).toBe("b cda");
  expect(text(moveToOwnGroup(asTheCodeSays, standing(asTheCodeSays), a))).toBe("b a cd");
  const alone = moveToOwnGroup(asTheCodeSays, standing(asTheCodeSays), a);
  expect(moveToOwnGroup(alone, standing(alone), a)).toBe(alone);
});

test("an overlay is drawn in its scope, and is a scope again when that one goes", () => {
  const over = layOver(asTheCodeSays, b, a);
  expect(text(over)).toBe("a cd");
  expect([...present(probes, over).overlays].map(([on, list]) => [on, list.map(({ key }) => key)])).toEqual([[a, [b]]]);
  const without = present(
    probes.filter(({ key }) => key !== a),
    over,
  );
  expect(without.scopes.map(({ key }) => key)).toEqual(["b", "c", "d"]);
  expect(text(showAsScope(over, b))).toBe("ab cd");
});

test("a chip takes no place among the scopes; what lies over it is a scope", () => {
  const chip = showAsChip(layOver(asTheCodeSays, b, a), a);
  const shown = present(probes, chip);
  expect(shown.chips.map(({ key }) => key)).toEqual(["a"]);
  expect(shown.scopes.map(({ key }) => key)).toEqual(["b", "c", "d"]);
});

test("whatever is moved wherever, every scope stays there once, and comes back from the browser's storage as it was", () => {
  const key = fc.constantFrom(...probes.map((probe) => probe.key));
  const direction = fc.constantFrom("left", "right", "up", "down");
  fc.assert(
    fc.property(fc.array(fc.record({ key, direction }), { maxLength: 30 }), (moves) => {
      let now = asTheCodeSays;
      for (const move of moves) now = moveOneStep(now, standing(now), move);
      const shown = standing(now).flatMap(({ keys }) => keys);
      expect([...shown].sort()).toEqual(["a", "b", "c", "d"]);
      expect(text(decodeArrangement(JSON.parse(JSON.stringify(encodeArrangement(now)))))).toBe(text(now));
    }),
  );
});

test("a damaged arrangement is as good as none", () => {
  for (const kept of [undefined, null, 3, {}, { places: {}, order: [] }])
    expect(decodeArrangement(kept)).toBe(asTheCodeSays);
  const half = decodeArrangement({ places: [["a", { kind: "chip" }], ["b", {}], 4], order: ["a", 2] });
  expect(half).toEqual({ places: new Map([["a", { kind: "chip" }]]), order: ["a"] });
});
