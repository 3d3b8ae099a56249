/** Programs that cannot be started, and such that are held before their first line. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interpreter } from "@pyprobe/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { findPython, repository, targetFile } from "../../test/pythons.ts";
import { ended, type SessionBench, textOf, useBench, valuesOf } from "../../test/session-bench.ts";

const open = useBench();
let python: Interpreter;

beforeAll(async () => {
  python = await findPython();
});

describe("a program that cannot be started", () => {
  const failure = async (launch: Parameters<SessionBench["launch"]>) => {
    const bench = await open();
    const session = bench.launch(...launch);
    return ended(session);
  };

  test("because it is not there, or a folder", async () => {
    expect(await failure([python, "/no/such/app.py"])).toEqual({
      kind: "failed",
      code: "no_such_file",
      message: "Cannot run /no/such/app.py: there is no such file",
    });
    expect(await failure([python, join(repository, "docs")])).toMatchObject({ kind: "failed", code: "not_python" });
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
    const bench = await open({ agentFolder });
    const session = bench.launch(python, "add_up.py");
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

describe("held", () => {
  test("a program waits for `begin`, and probes added before it see the first line", async () => {
    const bench = await open();
    const session = bench.launch(python, "add_up.py", { hold: true });
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
    const bench = await open();
    const session = bench.launch(python, "add_up.py", { hold: true });
    await session.stop();
    expect(session.state).toMatchObject({ kind: "ended" });
    expect(textOf(session, "stdout")).toBe("");
  });
});
