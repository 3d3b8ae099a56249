import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createDeferred } from "@pyprobe/base";
import type { ApiEvent, CallParams, Capture, SessionInfo } from "@pyprobe/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPython } from "../test/pythons.ts";
import { type Engine, startEngine } from "./index.ts";

let folder: string;
const engines: Engine[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyprobe-engine-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startEngine>[0] = {}): Promise<Engine> {
  const engine = await startEngine(options);
  engines.push(engine);
  return engine;
}

function program(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

async function launchParams(path: string, line: number): Promise<CallParams<"session.launch">> {
  const { path: python } = await findPython();
  const query = { file: path, line, symbol: "x" };
  return { program: { kind: "script", path }, python, probes: [{ query, mode: { kind: "every" } }] };
}

type Run = { info: SessionInfo; captures: Capture[]; events: ApiEvent[] };

/** Runs a program to its end and gives everything that was told of it. */
async function run(engine: Engine, params: CallParams<"session.launch">): Promise<Run> {
  const captures: Capture[] = [];
  const events: ApiEvent[] = [];
  const ended = createDeferred<SessionInfo>();
  const link = engine.connect({
    onEvent: (event) => {
      events.push(event);
      if (event.method === "captures") captures.push(...event.params.captures);
      if (event.method !== "session.changed") return;
      const { info } = event.params;
      if (info.state.kind === "ended" || info.state.kind === "failed") ended.resolve(info);
    },
  });
  const { id: session } = await link.call("session.launch", { ...params, hold: true });
  await link.call("session.subscribe", { session });
  await link.call("capture.follow", { session });
  await link.call("session.begin", { session });
  const info = await ended.promise;
  link.close();
  return { info, captures, events };
}

describe("an engine", () => {
  test("runs a program and tells everything of it", async () => {
    const path = program("count.py", ["for i in range(1000):", "    x = i / 2", "print('done')"]);
    const { info, captures, events } = await run(await start(), await launchParams(path, 2));
    expect(info.state).toEqual({ kind: "ended", exit: { exitCode: 0, signal: null } });
    expect(captures.map(({ value }) => value)).toEqual(
      Array.from({ length: 1000 }, (_, i) => ({ kind: "scalar", type: "float", value: i / 2 })),
    );
    const output = events.flatMap((event) => (event.method === "session.output" ? event.params.output : []));
    expect(output.map(({ text }) => text).join("")).toBe("done\n");
    expect(events.at(-1)?.method).toBe("session.changed");
  });

  test("works beside a second one, and neither notices", async () => {
    const path = program("count.py", ["for i in range(500):", "    x = i"]);
    const both = await Promise.all([start({ port: 0 }), start({ port: 0 })]);
    const params = await launchParams(path, 2);
    const runs = await Promise.all(both.map((engine) => run(engine, params)));
    expect(runs.map(({ captures }) => captures.length)).toEqual([500, 500]);
    expect(new Set(both.map(({ address }) => new URL(address).port)).size).toBe(2);
  });

  test("refuses a port that is taken before it has started anything", async () => {
    const { port } = new URL((await start({ port: 0 })).address);
    await expect(startEngine({ port: Number(port) })).rejects.toThrow(/another program uses it/);
  });

  test("without a port has no address, and listens nowhere", async () => {
    const engine = await start();
    expect(() => engine.address).toThrow(/without a port/);
  });

  test("ends when a client asks for it, with the program that runs", async () => {
    const path = program("wait.py", ["import time", "while True:", "    time.sleep(0.01)"]);
    const engine = await start();
    const running = createDeferred<void>();
    const link = engine.connect({
      onEvent: (event) => {
        if (event.method === "session.changed" && event.params.info.state.kind === "running") running.resolve();
      },
    });
    await link.call("session.launch", { ...(await launchParams(path, 2)), probes: [] });
    await running.promise;
    await link.call("engine.shutdown", {});
    await engine.closed;
  });
});

describe("a recording", () => {
  test("of a run opens in another engine with everything in it", async () => {
    const path = program("count.py", ["for i in range(2000):", "    x = i", "raise ValueError('over')"]);
    const record = join(folder, "run.pyprobe");
    const engine = await start();
    await run(engine, { ...(await launchParams(path, 2)), record });
    await engine.close();
    // It is complete without the sources beside it.
    rmSync(path);
    const link = (await start()).connect({ onEvent: () => {} });
    const { id: session, state, mainFile } = await link.call("recording.open", { path: record });
    expect([state, mainFile]).toEqual([{ kind: "recorded", path: record }, path]);
    const snapshot = await link.call("session.subscribe", { session });
    expect(snapshot.probes).toMatchObject([{ id: "p1", anchor: { line: 2, symbol: "x" }, state: { kind: "live" } }]);
    expect(snapshot.counters).toMatchObject([{ probe: "p1", captures: 2000, lost: 0 }]);
    expect(snapshot.exceptions).toMatchObject([{ type: "ValueError", message: "over", line: 3 }]);
    const { text, symbols } = await link.call("source.open", { session, file: path });
    expect(text).toContain("raise ValueError");
    expect(symbols.symbols.length).toBeGreaterThan(0);
    const captures = await link.call("capture.list", { session, probe: "p1", after: 0, limit: 10_000 });
    expect(captures).toHaveLength(2000);
  });

  test("that cannot be made keeps the program from beginning", async () => {
    const path = program("touch.py", ["x = 1", `open(${JSON.stringify(join(folder, "ran"))}, 'w').close()`]);
    const record = join(folder, "taken.pyprobe");
    writeFileSync(record, "precious");
    const link = (await start()).connect({ onEvent: () => {} });
    await expect(link.call("session.launch", { ...(await launchParams(path, 1)), record })).rejects.toMatchObject({
      code: "cannot_write",
    });
    expect([readFileSync(record, "utf8"), existsSync(join(folder, "ran"))]).toEqual(["precious", false]);
  });

  test("begun while the program runs has what was kept before", async () => {
    const path = program("steps.py", [
      "import sys",
      "for line in sys.stdin:",
      "    x = int(line)",
      "    print(x, flush=True)",
    ]);
    const record = join(folder, "late.pyprobe");
    const engine = await start();
    const lines = new Map<string, () => void>();
    const ended = createDeferred<void>();
    const link = engine.connect({
      onEvent: (event) => {
        if (event.method === "session.output") for (const { text } of event.params.output) lines.get(text.trim())?.();
        if (event.method === "session.changed" && event.params.info.state.kind === "ended") ended.resolve();
      },
    });
    const { id: session } = await link.call("session.launch", { ...(await launchParams(path, 3)), hold: true });
    await link.call("session.subscribe", { session });
    await link.call("session.begin", { session });
    const step = async (number: number) => {
      const printed = createDeferred<void>();
      lines.set(String(number), printed.resolve);
      await link.call("session.input", { session, text: `${number}\n` });
      await printed.promise;
    };
    await step(1);
    await link.call("session.record", { session, path: record });
    await step(2);
    await link.call("session.input", { session, text: "", end: true });
    await ended.promise;
    await engine.close();
    const other = (await start()).connect({ onEvent: () => {} });
    const { id } = await other.call("recording.open", { path: record });
    const captures = await other.call("capture.list", { session: id, probe: "p1" });
    expect(captures.map(({ value }) => value)).toEqual([1, 2].map((value) => ({ kind: "scalar", type: "int", value })));
    const { output } = await other.call("session.subscribe", { session: id });
    expect(output.map(({ text }) => text).join("")).toBe("1\n2\n");
  });

  test("survives the engine's kill: it opens with what was captured, and the program runs on", async () => {
    const alive = join(folder, "alive");
    const path = program("long.py", [
      "import os, time",
      "for i in range(100000):",
      "    x = i",
      "    time.sleep(0.001)",
      "    if os.path.exists('finish'):",
      `        open(${JSON.stringify(alive)}, 'w').write(str(i))`,
      "        break",
    ]);
    const record = join(folder, "killed.pyprobe");
    const params = { ...(await launchParams(path, 3)), record, cwd: folder };
    const child = spawn(process.execPath, ["--input-type=module", "-e", engineScript(params)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const [pid = 0, seen = 0] = await firstLine(child);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    expect(isAlive(pid)).toBe(true);
    const link = (await start()).connect({ onEvent: () => {} });
    const { id: session } = await link.call("recording.open", { path: record });
    const captures = await link.call("capture.list", { session, probe: "p1", limit: 10_000 });
    expect(captures.length).toBeGreaterThanOrEqual(seen - 200);
    expect(captures.map(({ value }) => value.kind === "scalar" && value.value)).toEqual(captures.map((_, i) => i));
    writeFileSync(join(folder, "finish"), "");
    while (!existsSync(alive)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(Number(readFileSync(alive, "utf8"))).toBeGreaterThan(captures.length);
  });
});

/** An engine of its own that prints the program's pid and how far it got, once it has captured 500 times. */
function engineScript(params: CallParams<"session.launch">): string {
  const entry = new URL("./index.ts", import.meta.url).href;
  return `
    import { startEngine } from ${JSON.stringify(entry)};
    const engine = await startEngine();
    let pid = 0;
    const link = engine.connect({ onEvent: ({ method, params }) => {
      if (method === "session.changed" && params.info.state.kind === "running") pid = params.info.state.pid;
      if (method !== "probe.values") return;
      const [{ captures }] = params.values;
      if (captures > 500) console.log(pid, captures);
    } });
    const { id: session } = await link.call("session.launch", ${JSON.stringify({ ...params, hold: true })});
    await link.call("session.subscribe", { session });
    await link.call("session.begin", { session });
  `;
}

async function firstLine(child: ChildProcess): Promise<number[]> {
  if (child.stdout === null) throw new Error("the engine's output is not piped");
  for await (const line of createInterface({ input: child.stdout })) return line.split(" ").map(Number);
  throw new Error("the engine ended without a word");
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
