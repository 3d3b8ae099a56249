/** Sessions of real programs in real interpreters, from launch to the end, however it comes. */
import { join } from "node:path";
import type { Interpreter, ProgramException } from "@pyprobe/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { findPython, findPythons, repository, targetFile } from "../../test/pythons.ts";
import { ended, textOf, until, useBench, valuesOf } from "../../test/session-bench.ts";

const open = useBench();
const squares = Array.from({ length: 1000 }, (_, index) => index * index);
let python: Interpreter;

beforeAll(async () => {
  python = await findPython();
});

describe("a program that runs to its end", () => {
  test.each([
    ["rings in shared memory", {}],
    ["packets on a Unix socket", { rings: "none" }],
    ["packets over TCP", { rings: "none", transport: "tcp" }],
    ["rings, linked over TCP", { transport: "tcp" }],
  ] as const)("gives every capture, in order: %s", async (_how, options) => {
    const bench = await open(options);
    const { sessions } = bench;
    const session = bench.launch(python, "count_to_thousand.py", { probes: ["5:square"] });
    expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
    expect(valuesOf(session, "p1")).toEqual(squares);
    expect(session.probes[0]?.state).toEqual({ kind: "live" });
    expect(session.counters()).toMatchObject([{ probe: "p1", captures: 1000, skipped: {}, lost: 0 }]);
    expect(textOf(session, "stdout")).toBe("332833500\n");
    expect(session.info.targets).toMatchObject([{ parent: null, state: "ended" }]);
    expect(sessions.list()).toEqual([session]);
  });

  test("in every interpreter", async () => {
    const bench = await open();
    const { sessions } = bench;
    for (const each of await findPythons(["3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"])) {
      const session = bench.launch(each, "count_to_thousand.py", { probes: ["5:square"] });
      expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
      expect([each.version, valuesOf(session, "p1").length]).toEqual([each.version, 1000]);
      expect(session.info.targets[0]?.python).toBe(each.version);
    }
    expect(sessions.list().length).toBeGreaterThan(0);
  });

  test("as a module, with arguments and input", async () => {
    const bench = await open();
    const { sessions } = bench;
    const session = sessions.launch({
      program: { kind: "module", name: "greeting" },
      args: ["Ada", "Grace Hopper"],
      cwd: join(repository, "targets"),
      python: python.path,
      probes: [],
      hold: false,
    });
    await ended(session);
    expect(textOf(session, "stdout")).toBe("hello Ada\nhello Grace Hopper\n__main__ greeting.__main__\n");
    expect(session.info.mainFile).toBe(targetFile("greeting/__main__.py"));
    const reader = bench.launch(python, "read_input.py");
    await until(reader, "running");
    reader.input("one\ntwo\n", { end: true });
    await ended(reader);
    expect(textOf(reader, "stdout")).toBe("read one\nread two\n");
  });
});

test("output comes line by line, without the program's asking for it", async () => {
  const bench = await open();
  const session = bench.launch(python, "read_input.py");
  await until(session, "running");
  for (const word of ["one", "two"]) {
    session.input(`${word}\n`, { end: false });
    while (!textOf(session, "stdout").endsWith(`read ${word}\n`)) await session.events.next("output");
  }
  session.input("", { end: true });
  await ended(session);
});

test("sources can be opened, probes wished for and input written as soon as the session is there", async () => {
  const bench = await open();
  const { sources } = bench;
  const session = bench.launch(python, "read_input.py", { hold: true });
  session.input("early\n", { end: true });
  const file = targetFile("read_input.py");
  const [{ symbols }, probe] = await Promise.all([
    sources.open(session, file),
    session.addProbe({ query: { file, line: 6 as never, symbol: "word" } }, { kind: "every" }),
    sources.list(session),
  ]);
  expect(symbols.symbols.length).toBeGreaterThan(3);
  expect(probe.anchor).toMatchObject({ line: 6, column: 4 });
  session.begin();
  await ended(session);
  expect(textOf(session, "stdout")).toBe("read early\n");
  expect(session.counters()).toMatchObject([{ captures: 1 }]);
  expect(() => session.input("late", { end: false })).toThrow(/it does not run/);
});

describe("a program that ends otherwise", () => {
  test.each([
    ["kill_itself.py", [], { exitCode: null, signal: "SIGKILL" }, "8:value", [0, 10, 20]],
    ["kill_itself.py", ["SIGSEGV"], { exitCode: null, signal: "SIGSEGV" }, "8:value", [0, 10, 20]],
    ["end_by_os_exit.py", [], { exitCode: 7, signal: null }, "6:value", [0, 10, 20]],
    ["exit_with_code.py", ["5"], { exitCode: 5, signal: null }, "5:code", [5]],
  ] as const)("%s %j leaves everything that it committed", async (target, args, exit, probe, values) => {
    const bench = await open();
    const session = bench.launch(python, target, { args: [...args], probes: [probe] });
    expect(await ended(session)).toEqual({ kind: "ended", exit });
    expect(valuesOf(session, "p1")).toEqual(values);
    expect(session.counters()).toMatchObject([{ captures: values.length, lost: 0 }]);
  });

  test("an exception is told with its line", async () => {
    const bench = await open();
    const session = bench.launch(python, "raise_in_main.py", { probes: ["5:left"] });
    const exceptions: ProgramException[] = [];
    session.events.on("exception", (exception) => exceptions.push(exception));
    expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 1, signal: null } });
    expect(exceptions).toMatchObject([{ type: "ZeroDivisionError", file: targetFile("raise_in_main.py"), line: 8 }]);
    expect(session.exceptions).toEqual(exceptions);
  });

  test("a script that does not parse is told with its line", async () => {
    const bench = await open();
    const session = bench.launch(python, "does_not_parse.py", { probes: ["3:broken"] });
    await ended(session);
    expect(session.exceptions).toMatchObject([{ type: "SyntaxError", file: targetFile("does_not_parse.py"), line: 3 }]);
    expect(session.probes[0]?.state).toMatchObject({ kind: "failed", code: "does_not_parse" });
  });

  test("probes that waited in vain are told why", async () => {
    const bench = await open();
    const session = bench.launch(python, "never_called.py", { probes: ["7:hidden"] });
    await ended(session);
    expect(session.probes[0]?.state).toMatchObject({ kind: "armed", code: "never_executed" });
  });
});
