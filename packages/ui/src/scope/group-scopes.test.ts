import { expect, test } from "vitest";
import { anchorKey } from "../state/anchor-key.ts";
import { anchor } from "../state/test-session.ts";
import { groupScopes } from "./group-scopes.ts";

test("one group for each function of each file, in the order of the first probe", () => {
  const anchors = [
    anchor("x", 3, { function: "main" }),
    anchor("y", 9, { function: "outer.<locals>.inner" }),
    anchor("z", 4, { function: "main" }),
    anchor("x", 1, { function: "" }),
    anchor("x", 3, { function: "main", file: "/project/filters.py" }),
  ];
  const groups = groupScopes(
    anchors.map((entry) => ({ key: anchorKey(entry), anchor: entry, probe: null })),
    "/project/radio.py",
    new Map(),
  );
  expect(groups.map(({ title, count }) => [title, count])).toEqual([
    ["main()", 2],
    ["outer.inner()", 1],
    ["module level", 1],
    ["filters.py · main()", 1],
  ]);
});

test("a group that a person has made is called by the functions of what is in it", () => {
  const anchors = ["f", "g", "h", "i"].map((name, at) => anchor("x", at + 1, { function: name }));
  const shown = anchors.map((entry) => ({ key: anchorKey(entry), anchor: entry, probe: null }));
  const places = new Map(shown.slice(1).map(({ key }) => [key, { kind: "scope", group: "own" }] as const));
  expect(groupScopes(shown, "/project/radio.py", places).map(({ title }) => title)).toEqual(["f()", "g(), h(), i()"]);
  const all = new Map(shown.map(({ key }) => [key, { kind: "scope", group: "own" }] as const));
  expect(groupScopes(shown, "/project/radio.py", all).map(({ title }) => title)).toEqual(["f(), g(), h() +1"]);
});

test("the body of a class is no function", () => {
  const entry = anchor("gain", 3, { function: "Amplifier" });
  const shown = [{ key: anchorKey(entry), anchor: entry, probe: null }];
  const isClass = ({ function: name }: { function: string }) => name === "Amplifier";
  expect(groupScopes(shown, "/project/radio.py", new Map(), isClass).map(({ title }) => title)).toEqual([
    "class Amplifier",
  ]);
});
