import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { findPython, repository, targetFile } from "../../test/pythons.ts";
import { isWindows, skipWhen } from "../../test/skip.ts";
import { isRunning } from "../agent/runtime-directory.ts";
import { TargetProcess } from "./target-process.ts";

let python: string;

beforeAll(async () => {
  python = (await findPython()).path;
});

function run(args: readonly string[], options: { stepMs?: number } = {}) {
  const child = new TargetProcess({ file: python, args, cwd: repository, env: process.env }, options);
  const text = { stdout: "", stderr: "" };
  const steps: string[] = [];
  child.events.on("output", (output) => {
    text[output.stream] += output.text;
  });
  child.events.on("stopping", ({ step }) => steps.push(step));
  return { child, text, steps };
}

/** Resolves when the program's output holds `wanted`. */
async function untilOutput(child: TargetProcess, text: { stdout: string }, wanted: string): Promise<void> {
  while (!text.stdout.includes(wanted)) await child.events.next("output");
}

describe("TargetProcess", () => {
  test("gives output, exit code and signal", async () => {
    const { child, text } = run(["-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"]);
    expect(await child.ended).toEqual({ exitCode: 3, signal: null });
    expect(text).toEqual({ stdout: "out\n", stderr: "err\n" });
  });

  test("puts characters together that come in pieces, and shows bytes that are none", async () => {
    const { child, text } = run([targetFile("prints_bytes.py")]);
    await child.ended;
    expect(text.stdout).toBe("caf\ufffd \ufffd\n€\n");
  });

  test("passes input on, and its end", async () => {
    const { child, text } = run([targetFile("read_input.py")]);
    child.input("eins\nzw", { end: false });
    child.input("ei\n", { end: true });
    expect(await child.ended).toEqual({ exitCode: 0, signal: null });
    expect(text).toEqual({ stdout: "read eins\nread zwei\n", stderr: "end of input\n" });
    child.input("late", { end: true });
  });

  test("reads all of a large output", async () => {
    const { child, text } = run([targetFile("write_much.py"), "50000"]);
    await child.ended;
    expect(text.stdout.endsWith("line 49999\n")).toBe(true);
    expect(text.stdout.split("\n").length).toBe(50_001);
  });

  test("stops with SIGINT, and lets the program leave its way", async () => {
    const { child, text, steps } = run([targetFile("cleans_up.py")]);
    await untilOutput(child, text, "ready\n");
    await child.stop();
    expect(await child.ended).toEqual({ exitCode: 0, signal: null });
    expect(steps).toEqual(["SIGINT"]);
    expect(text.stdout).toBe("ready\ninterrupted\nfinally\natexit\n");
  });

  test("climbs the ladder for a program that is deaf", async (context) => {
    skipWhen(context, isWindows, "Windows has no signals");
    const { child, text, steps } = run([targetFile("ignore_interrupts.py")], { stepMs: 150 });
    await untilOutput(child, text, "ready\n");
    const before = performance.now();
    await Promise.all([child.stop(), child.stop()]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(290);
    expect(await child.ended).toEqual({ exitCode: null, signal: "SIGKILL" });
    expect(steps).toEqual(["SIGINT", "SIGTERM", "SIGKILL"]);
  });

  test("ends what the program started, with its group", async (context) => {
    skipWhen(context, isWindows, "Windows has no process groups");
    const source =
      "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(p.pid, flush=True); p.wait()";
    const { child, text } = run(["-c", source]);
    await untilOutput(child, text, "\n");
    await child.kill();
    await child.ended;
    const started = Number(text.stdout);
    for (let tries = 0; isRunning(started) && tries < 100; tries += 1) await delay(10);
    expect(isRunning(started)).toBe(false);
  });

  test("does not wait for processes that keep its output open", async () => {
    const source =
      "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)']); print('done')";
    const { child } = run(["-c", source]);
    const before = performance.now();
    expect(await child.ended).toEqual({ exitCode: 0, signal: null });
    expect(performance.now() - before).toBeLessThan(10_000);
    child.killGroup();
  });

  test("says why a process could not be started", async () => {
    const child = new TargetProcess({ file: "/no/such/python", args: [], cwd: repository, env: {} });
    await expect(child.ended).rejects.toThrow(/ENOENT/);
    await child.stop();
  });
});
