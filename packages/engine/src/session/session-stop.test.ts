/** Programs that are stopped, and started again. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interpreter } from "@pyprobe/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { findPython } from "../../test/pythons.ts";
import { ended, textOf, until, useBench, valuesOf } from "../../test/session-bench.ts";

const open = useBench();
const squares = Array.from({ length: 1000 }, (_, index) => index * index);
let python: Interpreter;

beforeAll(async () => {
  python = await findPython();
});

describe("stopping and restarting", () => {
  test("a deaf program is killed, step by step", async () => {
    const bench = await open({ stopStepMs: 200 });
    const session = bench.launch(python, "ignore_interrupts.py");
    while (!textOf(session, "stdout").includes("ready\n")) await session.events.next("output");
    const steps: string[] = [];
    session.events.on("changed", ({ state }) => {
      if (state.kind === "stopping" && steps.at(-1) !== state.step) steps.push(state.step);
    });
    await session.stop();
    expect(steps).toEqual(["SIGINT", "SIGTERM", "SIGKILL"]);
    expect(session.state).toEqual({ kind: "ended", exit: { exitCode: null, signal: "SIGKILL" } });
  });

  test("a restart keeps the probes and begins a new run; earlier captures stay apart", async () => {
    const bench = await open();
    const session = bench.launch(python, "count_to_thousand.py", { probes: ["5:square"] });
    await ended(session);
    expect((await session.restart()).run).toBe(2);
    await ended(session);
    expect(valuesOf(session, "p1")).toEqual(squares);
    expect(session.log.tracksOf(1).map(({ run, end }) => [run, end])).toEqual([
      [1, 1000],
      [2, 1000],
    ]);
    expect(session.counters()).toMatchObject([{ captures: 1000 }]);
  });

  test("after an edit the probe goes with its statement", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edit-"));
    const file = join(folder, "app.py");
    await writeFile(file, "x = 1\ny = 2\n");
    const bench = await open();
    const session = bench.launch(python, file, { probes: ["1:x", "2:y"] });
    await ended(session);
    await writeFile(file, "# new\n# lines\nx = 3\n");
    await session.restart();
    await ended(session);
    expect(session.probes).toMatchObject([
      { id: "p1", anchor: { line: 3 }, state: { kind: "live" } },
      { id: "p2", state: { kind: "failed", code: "no_such_name" } },
    ]);
    expect(valuesOf(session, "p1")).toEqual([3]);
    await rm(folder, { recursive: true });
  });

  test("several restarts at once end as one program, and leave nothing behind", async () => {
    const bench = await open();
    const session = bench.launch(python, "loop_forever.py", { probes: ["8:count"] });
    await until(session, "running");
    await Promise.all([session.restart(), session.stop(), session.restart()]);
    expect(session.info.run).toBe(3);
    await session.stop();
    expect(session.state.kind).toBe("ended");
    expect(session.info.targets.every(({ state }) => state === "ended")).toBe(true);
  });
});
