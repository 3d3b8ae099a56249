import { expect, test } from "vitest";
import { type DockPart, groupHeight, heightOf, packRows } from "./dock-heights.ts";

const leaf = (id: string, size?: number): DockPart => ({
  type: "leaf",
  views: [id],
  ...(size === undefined ? {} : { size }),
});
const counts: Readonly<Record<string, number>> = { one: 1, two: 2, three: 3, six: 6 };
const countOf = (id: string) => counts[id] ?? 1;
const column = (...children: DockPart[]): DockPart => ({ type: "branch", children });

test("a group needs a row for every two scopes where it is wide, and one for each where it is narrow", () => {
  expect(groupHeight(1, 800)).toBe(203);
  expect(groupHeight(2, 800)).toBe(203);
  expect(groupHeight(3, 800)).toBe(376);
  expect(groupHeight(3, 1200)).toBe(203);
  expect(groupHeight(3, 400)).toBe(549);
});

test("groups below each other add up, groups side by side need the highest", () => {
  const stacked = { root: column(leaf("one"), leaf("three")), isColumn: true, widthCssPx: 800 };
  expect(heightOf(stacked, countOf)).toBe(203 + 6 + 376);
  const row: DockPart = { type: "branch", children: [leaf("one", 400), leaf("two", 400)] };
  expect(heightOf({ root: column(leaf("one"), row), isColumn: true, widthCssPx: 800 }, countOf)).toBe(203 + 6 + 376);
  expect(heightOf({ root: row, isColumn: false, widthCssPx: 800 }, countOf)).toBe(376);
});

test("groups have rows of their own while all fit; then those of one scope share rows, the last ones first", () => {
  const groups = Object.entries({ a: 1, b: 2, c: 1, d: 2, e: 1 }).map(([id, count]) => ({ id, count }));
  const rowsIn = (heightCssPx: number, widthCssPx = 800) =>
    packRows(groups, { widthCssPx, heightCssPx })
      .map((row) => row.map(({ id }) => id).join(""))
      .join(" ");
  expect(rowsIn(2000)).toBe("a b c d e");
  expect(rowsIn(1000)).toBe("a b ce d");
  expect(rowsIn(100)).toBe("a b ce d");
  expect(rowsIn(100, 500)).toBe("a b c d e");
});
