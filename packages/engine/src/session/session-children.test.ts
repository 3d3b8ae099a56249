/** Processes that a program starts: targets of the same session. */
import type { Interpreter } from "@pyprobe/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { findPython, targetFile } from "../../test/pythons.ts";
import { ended, useBench, valuesOf } from "../../test/session-bench.ts";
import { isWindows, skipWhen } from "../../test/skip.ts";
import { isAlive } from "../agent/runtime-directory.ts";

const open = useBench();
let python: Interpreter;

beforeAll(async () => {
  python = await findPython();
});

test("a program that closes its link and runs on is told of; what it captured before is there", async (context) => {
  skipWhen(context, isWindows, "Windows has no descriptors that a program could close");
  const bench = await open();
  const session = bench.launch(python, "closes_link.py", { probes: ["6:n"] });
  const { level, message } = await session.events.next("notice");
  expect([level, message]).toEqual([
    "warning",
    expect.stringMatching(/^Process \d+ closed its link and runs on: captures/),
  ]);
  expect(session.state.kind).toBe("running");
  expect(valuesOf(session, "p1")).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const notices: string[] = [];
  session.events.on("notice", (notice) => notices.push(notice.message));
  session.input("", { end: true });
  expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
  expect(notices).toEqual([]);
});

test("a program that replaces itself by another goes on as a target with the same pid", async (context) => {
  skipWhen(context, isWindows, "on Windows the process that replaces another has a pid of its own");
  for (const rings of ["shared", "none"] as const) {
    const session = (await open({ rings })).launch(python, "replaces_itself.py", { probes: ["6:before"], hold: true });
    while (session.probes.length === 0) await session.events.next("probe_changed");
    const query = { file: targetFile("add_up.py"), line: 8 as never, symbol: "total" };
    await session.addProbe({ query }, { kind: "every" });
    session.begin();
    expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
    expect([valuesOf(session, "p1"), valuesOf(session, "p2")]).toEqual([[1], [0, 1, 3, 6, 10]]);
    const { targets } = session.info;
    expect(targets).toMatchObject([{ parent: null }, { parent: null, pid: targets[0]?.pid }]);
    expect(session.counters()).toMatchObject([
      { captures: 1, lost: 0 },
      { captures: 5, lost: 0 },
    ]);
    expect(session.probes.map(({ state }) => state.kind)).toEqual(["live", "live"]);
  }
});

describe("child processes", () => {
  test("of a fork are targets of the same session", async (context) => {
    skipWhen(context, isWindows, "there is no fork on Windows");
    const bench = await open();
    const session = bench.launch(python, "fork_children.py", { probes: ["8:square"] });
    await ended(session);
    const pids = session.info.targets.map(({ pid, parent }) => [parent === null, pid]);
    expect(pids.map(([isFirst]) => isFirst)).toEqual([true, false, false]);
    const values = session.info.targets.map(({ pid }) => valuesOf(session, "p1", pid));
    expect(values).toEqual([[100], [4], [9]]);
    expect(session.counters()).toMatchObject([{ captures: 3, lost: 0 }]);
  });

  test("that outlive the program keep the session running, and end with it", async (context) => {
    skipWhen(context, isWindows, "there is no fork on Windows");
    const bench = await open({ stopStepMs: 300 });
    const session = bench.launch(python, "leave_child.py", { probes: ["12:count"] });
    const [main, child] = await (async () => {
      for (;;) {
        const { targets } = session.info;
        if (targets[0]?.state === "ended" && targets[1] !== undefined) return targets;
        await session.events.next("changed");
      }
    })();
    // Its agent is done; the interpreter still has to end.
    while (main !== undefined && isAlive(main.pid)) await session.events.next("captured");
    while (valuesOf(session, "p1").length === 0) await session.events.next("captured");
    expect(session.state).toEqual({ kind: "running", pid: main?.pid });
    expect(child).toMatchObject({ parent: main?.pid, state: "running" });
    await session.stop();
    expect(session.state).toEqual({ kind: "ended", exit: { exitCode: 4, signal: null } });
    expect(valuesOf(session, "p1")[0]).toBe(1);
  });

  test("that are many and short are counted, and neither memory nor messages grow with their number", async (context) => {
    skipWhen(context, isWindows, "there is no fork on Windows");
    const bench = await open();
    const session = bench.launch(python, "forks_many.py", { probes: ["9:value"], args: ["60", "work"] });
    let changes = 0;
    session.events.on("changed", () => {
      changes += 1;
    });
    const startedAtMs = performance.now();
    expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
    const seconds = (performance.now() - startedAtMs) / 1000;
    expect(session.counters()).toMatchObject([{ captures: 61 * 3, lost: 0, skipped: {} }]);
    const { targets, earlierTargets = 0 } = session.info;
    expect(targets.length + earlierTargets).toBe(61);
    expect(targets.length).toBeLessThan(50);
    expect(targets[0]).toMatchObject({ parent: null, state: "ended" });
    expect(changes).toBeLessThan(20 + 11 * seconds);
    // Of each child what it captured is kept, in order.
    for (const { pid } of targets.slice(1)) {
      const values = valuesOf(session, "p1", pid).map(Number);
      expect(values.map((value) => value - (values[0] ?? 0))).toEqual([0, 1, 2]);
    }
  });

  test("of multiprocessing with spawn, and of subprocess, join as well", async () => {
    const bench = await open();
    const pool = bench.launch(python, "spawns_processes.py", { probes: ["12:squared"] });
    await ended(pool);
    expect(valuesOf(pool, "p1").toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, i) => i * i),
    );
    const parent = bench.launch(python, "run_child.py", { hold: true });
    while (parent.interpreter === null) await parent.events.next("changed");
    const query = { file: targetFile("add_up.py"), line: 8 as never, symbol: "total" };
    await parent.addProbe({ query }, { kind: "every" });
    parent.begin();
    await ended(parent);
    expect(valuesOf(parent, "p1")).toEqual([0, 1, 3]);
  });
});
