import { expect, test } from "vitest";
import { noVariety, tagChips, withTags } from "./tag-variety.ts";

const tags = { call: 1, hit: 1, depth: 0, thread: 7, task: null, pid: 3 };

test("only what differs earns a chip", () => {
  let variety = withTags(noVariety, tags);
  expect(tagChips(variety, tags)).toEqual([]);
  variety = withTags(variety, { ...tags, call: 2 });
  variety = withTags(variety, { ...tags, call: 1234, depth: 2 });
  expect(tagChips(variety, { ...tags, call: 1234, depth: 2 })).toEqual(["call 1,234", "depth 2"]);
});

test("no chip for a task outside of tasks", () => {
  const variety = withTags(withTags(noVariety, tags), { ...tags, task: 4 });
  expect(tagChips(variety, tags)).toEqual([]);
  expect(tagChips(variety, { ...tags, task: 4 })).toEqual(["task 4"]);
});
