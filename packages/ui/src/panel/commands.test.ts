import { expect, test } from "vitest";
import type { Command } from "./command.ts";
import { matchCommands } from "./commands.ts";

const command = (title: string, group: Command["group"] = "View"): Command => ({
  id: title,
  title,
  group,
  run: () => {},
});
const all = [
  command("Show output"),
  command("Output of nothing"),
  command("beat, line 3", "Name"),
  command("Stop", "Program"),
];
const titles = (query: string) => matchCommands(all, query).map(({ title }) => title);

test("all words count, in any order, also the group's; what begins so comes first", () => {
  expect(titles("output")).toEqual(["Output of nothing", "Show output"]);
  expect(titles("output show")).toEqual(["Show output"]);
  expect(titles("program")).toEqual(["Stop"]);
  expect(titles("beat")).toEqual(["beat, line 3"]);
});

test("without a query the names of the file are left out", () => {
  expect(titles(" ")).not.toContain("beat, line 3");
});
