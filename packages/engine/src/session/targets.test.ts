import type { Target } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { Targets } from "./targets.ts";

function target(pid: number, parent: number | null = 1): Target {
  return { pid, parent, python: "3.13.0", executable: "/usr/bin/python3", mechanism: "monitoring", state: "running" };
}

test("the program's own process stays, those that run stay, and of the others the newest", () => {
  const targets = new Targets({ maxEnded: 3 });
  targets.joined(target(1, null));
  targets.joined(target(2));
  for (let pid = 100; pid < 110; pid += 1) {
    targets.joined(target(pid));
    expect(targets.left(pid)).toMatchObject({ pid, state: "ended" });
  }
  targets.left(1);
  expect(targets.list.map(({ pid, state }) => [pid, state])).toEqual([
    [1, "ended"],
    [107, "ended"],
    [108, "ended"],
    [109, "ended"],
    [2, "running"],
  ]);
  expect(targets.earlier).toBe(7);
  expect(targets.left(55)).toBeUndefined();
});
