/** Sessions of real programs in real interpreters, from launch to the end, however it comes. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interpreter, ProbeId, ProgramException } from "@pyprobe/protocol";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { findPython, findPythons, repository, targetFile } from "../../test/pythons.ts";
import { type BenchOptions, ended, SessionBench, textOf, until, valuesOf } from "../../test/session-bench.ts";
import { isAlive } from "../agent/runtime-directory.ts";

const squares = Array.from({ length: 1000 }, (_, index) => index * index);

let python: Interpreter;
let bench: SessionBench | undefined;

beforeAll(async () => {
  python = await findPython();
});

afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

async function open(options: BenchOptions = {}): Promise<SessionBench> {
  bench = await SessionBench.open(options);
  return bench;
}

const count = (session: { counters(): readonly { captures: number }[] }, index = 0) =>
  session.counters()[index]?.captures;

describe("a program that runs to its end", () => {
  test.each([
    ["rings in shared memory", {}],
    ["packets on a Unix socket", { rings: "none" }],
    ["packets over TCP", { rings: "none", transport: "tcp" }],
    ["rings, linked over TCP", { transport: "tcp" }],
  ] as const)("gives every capture, in order: %s", async (_how, options) => {
    const { sessions } = await open(options);
    const session = bench?.launch(python, "count_to_thousand.py", { probes: ["5:square"] });
    if (session === undefined) return;
    expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
    expect(valuesOf(session, "p1")).toEqual(squares);
    expect(session.probes[0]?.state).toEqual({ kind: "live" });
    expect(session.counters()).toMatchObject([{ probe: "p1", captures: 1000, skipped: {}, lost: 0 }]);
    expect(textOf(session, "stdout")).toBe("332833500\n");
    expect(session.info.targets).toMatchObject([{ parent: null, state: "ended" }]);
    expect(sessions.list()).toEqual([session]);
  });

  test("in every interpreter", async () => {
    const { sessions } = await open();
    for (const each of await findPythons(["3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"])) {
      const session = bench?.launch(each, "count_to_thousand.py", { probes: ["5:square"] });
      if (session === undefined) return;
      expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
      expect([each.version, valuesOf(session, "p1").length]).toEqual([each.version, 1000]);
      expect(session.info.targets[0]?.python).toBe(each.version);
    }
    expect(sessions.list().length).toBeGreaterThan(0);
  });

  test("as a module, with arguments and input", async () => {
    const { sessions } = await open();
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
    const reader = bench?.launch(python, "read_input.py");
    if (reader === undefined) return;
    await until(reader, "running");
    reader.input("one\ntwo\n", { end: true });
    await ended(reader);
    expect(textOf(reader, "stdout")).toBe("read one\nread two\n");
  });
});

test("output comes line by line, without the program's asking for it", async () => {
  await open();
  const session = bench?.launch(python, "read_input.py");
  if (session === undefined) return;
  await until(session, "running");
  for (const word of ["one", "two"]) {
    session.input(`${word}\n`, { end: false });
    while (!textOf(session, "stdout").endsWith(`read ${word}\n`)) await session.events.next("output");
  }
  session.input("", { end: true });
  await ended(session);
});

test("sources can be opened, probes wished for and input written as soon as the session is there", async () => {
  const { sources } = await open();
  const session = bench?.launch(python, "read_input.py", { hold: true });
  if (session === undefined) return;
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
    await open();
    const session = bench?.launch(python, target, { args: [...args], probes: [probe] });
    if (session === undefined) return;
    expect(await ended(session)).toEqual({ kind: "ended", exit });
    expect(valuesOf(session, "p1")).toEqual(values);
    expect(session.counters()).toMatchObject([{ captures: values.length, lost: 0 }]);
  });

  test("an exception is told with its line", async () => {
    await open();
    const session = bench?.launch(python, "raise_in_main.py", { probes: ["5:left"] });
    if (session === undefined) return;
    const exceptions: ProgramException[] = [];
    session.events.on("exception", (exception) => exceptions.push(exception));
    expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 1, signal: null } });
    expect(exceptions).toMatchObject([{ type: "ZeroDivisionError", file: targetFile("raise_in_main.py"), line: 8 }]);
    expect(session.exceptions).toEqual(exceptions);
  });

  test("a script that does not parse is told with its line", async () => {
    await open();
    const session = bench?.launch(python, "does_not_parse.py", { probes: ["3:broken"] });
    if (session === undefined) return;
    await ended(session);
    expect(session.exceptions).toMatchObject([{ type: "SyntaxError", file: targetFile("does_not_parse.py"), line: 3 }]);
    expect(session.probes[0]?.state).toMatchObject({ kind: "failed", code: "does_not_parse" });
  });

  test("probes that waited in vain are told why", async () => {
    await open();
    const session = bench?.launch(python, "never_called.py", { probes: ["7:hidden"] });
    if (session === undefined) return;
    await ended(session);
    expect(session.probes[0]?.state).toMatchObject({ kind: "armed", code: "never_executed" });
  });
});

describe("a program that cannot be started", () => {
  const failure = async (launch: Parameters<SessionBench["launch"]>) => {
    await open();
    const session = bench?.launch(...launch);
    if (session === undefined) throw new Error("no bench");
    return ended(session);
  };

  test("because it is not there, or a folder", async () => {
    expect(await failure([python, "/no/such/app.py"])).toEqual({
      kind: "failed",
      code: "no_such_file",
      message: "Cannot run /no/such/app.py: there is no such file",
    });
    const folder = join(repository, "docs");
    const session = bench?.launch(python, folder);
    expect(session && (await ended(session))).toMatchObject({ kind: "failed", code: "not_python" });
  });

  test("because of its interpreter", async () => {
    const gone = { ...python, path: "/no/such/python" };
    expect(await failure([gone, "add_up.py"])).toEqual({
      kind: "failed",
      code: "no_interpreter",
      message: "Cannot use /no/such/python: there is no such file (choose another with --python)",
    });
  });
});

describe("a program whose agent cannot be used", () => {
  const launchWith = async (source: string) => {
    const agentFolder = await mkdtemp(join(tmpdir(), "agent-"));
    await mkdir(join(agentFolder, "pyprobe_tracer"));
    await writeFile(join(agentFolder, "pyprobe_tracer", "__main__.py"), source);
    await open({ agentFolder });
    const session = bench?.launch(python, "add_up.py");
    if (session === undefined) throw new Error("no bench");
    const state = await ended(session);
    await rm(agentFolder, { recursive: true });
    return state;
  };

  test("says what to install, and where", async () => {
    expect(await launchWith("import pyprobe_tracer_native_part\n")).toEqual({
      kind: "failed",
      code: "agent_unusable",
      message: `Cannot use the agent in ${python.path}: ModuleNotFoundError: No module named 'pyprobe_tracer_native_part'. Run: ${python.path} -m pip install pyprobe-tracer`,
    });
  });

  test("says what to upgrade", async () => {
    const source = [
      "import json, os, socket, struct, sys",
      "link = socket.socket(socket.AF_UNIX)",
      "link.connect(sys.argv[2].partition(':')[2])",
      "hello = {'type': 'hello', 'protocol': 1, 'agent': '0.0.7', 'executable': sys.executable}",
      "hello = json.dumps({**hello, 'token': os.environ['PYPROBE_TOKEN']}).encode()",
      "link.sendall(struct.pack('<BBHI', 1, 0, 0, len(hello)) + hello)",
      "link.recv(1000)",
    ];
    expect(await launchWith(source.join("\n"))).toMatchObject({
      kind: "failed",
      code: "agent_too_old",
      message: expect.stringMatching(
        /^Your pyprobe-tracer is 0\.0, but this PyProbe requires 0\.1\. Run: \S+ -m pip install --upgrade pyprobe-tracer$/,
      ),
    });
  });
});

describe("probes", () => {
  test("come, go, come back and change while the program runs", async () => {
    await open();
    const session = bench?.launch(python, "loop_forever.py");
    if (session === undefined) return;
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
    await open();
    const session = bench?.launch(python, "add_up.py", { probes: ["8:total", "8:nothing", "1:x"] });
    if (session === undefined) return;
    await ended(session);
    expect(session.probes.map(({ id, state }) => [id, state.kind, "code" in state ? state.code : undefined])).toEqual([
      ["p1", "live", undefined],
      ["p2", "failed", "no_such_name"],
      ["p3", "failed", "no_such_name"],
    ]);
    expect(valuesOf(session, "p1")).toEqual([0, 1, 3, 6, 10]);
  });
});

describe("held", () => {
  test("a program waits for `begin`, and probes added before it see the first line", async () => {
    await open();
    const session = bench?.launch(python, "add_up.py", { hold: true });
    if (session === undefined) return;
    while (session.interpreter === null) await session.events.next("changed");
    const query = { file: targetFile("add_up.py"), line: 6 as never, symbol: "total" };
    await session.addProbe({ query }, { kind: "every" });
    // Longer than an agent waits for an engine that says nothing.
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(session.state.kind).toBe("starting");
    session.begin();
    expect(await ended(session)).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
    expect(valuesOf(session, "p1")).toEqual([0]);
  });

  test("it can be stopped before it began", async () => {
    await open();
    const session = bench?.launch(python, "add_up.py", { hold: true });
    if (session === undefined) return;
    await session.stop();
    expect(session.state).toMatchObject({ kind: "ended" });
    expect(textOf(session, "stdout")).toBe("");
  });
});

describe("stopping and restarting", () => {
  test("a deaf program is killed, step by step", async () => {
    await open({ stopStepMs: 200 });
    const session = bench?.launch(python, "ignore_interrupts.py");
    if (session === undefined) return;
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
    await open();
    const session = bench?.launch(python, "count_to_thousand.py", { probes: ["5:square"] });
    if (session === undefined) return;
    await ended(session);
    expect((await session.restart()).run).toBe(2);
    await ended(session);
    expect(valuesOf(session, "p1")).toEqual(squares);
    expect(session.log.tracksOf(1).map(({ run, end }) => [run, end])).toEqual([
      [1, 1000],
      [2, 1000],
    ]);
    expect(count(session)).toBe(1000);
  });

  test("after an edit the probe goes with its statement", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edit-"));
    const file = join(folder, "app.py");
    await writeFile(file, "x = 1\ny = 2\n");
    await open();
    const session = bench?.launch(python, file, { probes: ["1:x", "2:y"] });
    if (session === undefined) return;
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
    await open();
    const session = bench?.launch(python, "loop_forever.py", { probes: ["8:count"] });
    if (session === undefined) return;
    await until(session, "running");
    await Promise.all([session.restart(), session.stop(), session.restart()]);
    expect(session.info.run).toBe(3);
    await session.stop();
    expect(session.state.kind).toBe("ended");
    expect(session.info.targets.every(({ state }) => state === "ended")).toBe(true);
  });
});

describe("child processes", () => {
  test.skipIf(process.platform === "win32")("of a fork are targets of the same session", async () => {
    await open();
    const session = bench?.launch(python, "fork_children.py", { probes: ["8:square"] });
    if (session === undefined) return;
    await ended(session);
    const pids = session.info.targets.map(({ pid, parent }) => [parent === null, pid]);
    expect(pids.map(([isFirst]) => isFirst)).toEqual([true, false, false]);
    const values = session.info.targets.map(({ pid }) => valuesOf(session, "p1", pid));
    expect(values).toEqual([[100], [4], [9]]);
    expect(session.counters()).toMatchObject([{ captures: 3, lost: 0 }]);
  });

  test.skipIf(process.platform === "win32")(
    "that outlive the program keep the session running, and end with it",
    async () => {
      await open({ stopStepMs: 300 });
      const session = bench?.launch(python, "leave_child.py", { probes: ["12:count"] });
      if (session === undefined) return;
      const [main, child] = await (async () => {
        for (;;) {
          const { targets } = session.info;
          if (targets[0]?.state === "ended" && targets[1] !== undefined) return targets;
          await session.events.next("changed");
        }
      })();
      // Its agent is done; the interpreter still has to end.
      while (main !== undefined && isAlive(main.pid)) await session.events.next("captured");
      expect(session.state).toEqual({ kind: "running", pid: main?.pid });
      expect(child).toMatchObject({ parent: main?.pid, state: "running" });
      await session.stop();
      expect(session.state).toEqual({ kind: "ended", exit: { exitCode: 4, signal: null } });
      expect(valuesOf(session, "p1")[0]).toBe(1);
    },
  );

  test("of multiprocessing with spawn, and of subprocess, join as well", async () => {
    await open();
    const pool = bench?.launch(python, "spawns_processes.py", { probes: ["12:squared"] });
    if (pool === undefined) return;
    await ended(pool);
    expect(valuesOf(pool, "p1").toSorted((a, b) => Number(a) - Number(b))).toEqual(squares.slice(0, 20));
    const parent = bench?.launch(python, "run_child.py");
    if (parent === undefined) return;
    while (parent.interpreter === null) await parent.events.next("changed");
    const query = { file: targetFile("add_up.py"), line: 8 as never, symbol: "total" };
    await parent.addProbe({ query }, { kind: "every" });
    await ended(parent);
    expect(valuesOf(parent, "p1")).toEqual([0, 1, 3]);
  });
});
test("a probe's number and id agree all the way", async () => {
  await open();
  const session = bench?.launch(python, "add_up.py", { probes: ["6:total", "7:i", "8:total"] });
  if (session === undefined) return;
  await ended(session);
  const found = session.probes.map(({ id }) => [id, valuesOf(session, id).length]);
  expect(found).toEqual([
    ["p1" as ProbeId, 1],
    ["p2" as ProbeId, 5],
    ["p3" as ProbeId, 5],
  ]);
});
