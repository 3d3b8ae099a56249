/** Probes of programs that run: they come, go and change, and those that cannot be say why. */
import type { Interpreter, ProbeId } from "@pyprobe/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { findPython, targetFile } from "../../test/pythons.ts";
import { ended, until, useBench, valuesOf } from "../../test/session-bench.ts";

const open = useBench();
let python: Interpreter;

beforeAll(async () => {
  python = await findPython();
});

describe("probes", () => {
  test("come, go, come back and change while the program runs", async () => {
    const bench = await open();
    const session = bench.launch(python, "loop_forever.py");
    await until(session, "running");
    const query = { file: targetFile("loop_forever.py"), line: 8 as never, symbol: "count" };
    const probe = await session.addProbe({ query }, { kind: "every" });
    expect(probe).toMatchObject({ id: "p1", anchor: { line: 8, symbol: "count", context: "store" } });
    expect((await session.addProbe({ anchor: probe.anchor }, { kind: "auto" })).id).toBe("p1");
    await session.events.next("captured");
    expect(session.probes[0]?.state).toEqual({ kind: "live" });
    session.removeProbe(probe.id);
    expect(session.probes).toEqual([]);
    expect(() => session.updateProbe(probe.id, { kind: "auto" })).toThrow(/Cannot find probe p1/);
    session.restoreProbe(probe.id);
    expect(session.updateProbe(probe.id, { kind: "every_n", n: 2 }).mode).toEqual({ kind: "every_n", n: 2 });
    await session.events.next("captured");
    await session.stop();
    expect(session.exceptions).toEqual([]);
    const values = valuesOf(session, "p1");
    expect(values).toEqual(values.toSorted((a, b) => Number(a) - Number(b)));
    expect(session.counters()[0]).toMatchObject({ captures: values.length, lost: 0 });
  });

  test("that cannot be resolved at launch are shown with the reason, and do not keep the program from running", async () => {
    const bench = await open();
    const session = bench.launch(python, "add_up.py", { probes: ["8:total", "8:nothing", "1:x"] });
    await ended(session);
    expect(session.probes.map(({ id, state }) => [id, state.kind, "code" in state ? state.code : undefined])).toEqual([
      ["p1", "live", undefined],
      ["p2", "failed", "no_such_name"],
      ["p3", "failed", "no_such_name"],
    ]);
    expect(valuesOf(session, "p1")).toEqual([0, 1, 3, 6, 10]);
  });
});

test("one that is taken away while a restart looks for its place does not keep the program from running", async () => {
  const session = (await open()).launch(python, "add_up.py", { probes: ["7:i", "8:total"] });
  await ended(session);
  const [first, second] = session.probes.map(({ id }) => id);
  if (second === undefined) throw new Error("Cannot take away the second probe: there is none");
  const stopListening = session.events.on("probe_changed", ({ id }) => {
    // Its place was found again: the next one's is looked for now.
    if (id !== first || session.info.run !== 2) return;
    stopListening();
    session.removeProbe(second);
  });
  const begun = session.events.next("run_started");
  await Promise.all([session.restart(), begun]);
  expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
  expect(session.probes.map(({ id }) => id)).toEqual([first]);
});

test("a probe's number and id agree all the way", async () => {
  const bench = await open();
  const session = bench.launch(python, "add_up.py", { probes: ["6:total", "7:i", "8:total"] });
  await ended(session);
  const found = session.probes.map(({ id }) => [id, valuesOf(session, id).length]);
  expect(found).toEqual([
    ["p1" as ProbeId, 1],
    ["p2" as ProbeId, 5],
    ["p3" as ProbeId, 5],
  ]);
});
