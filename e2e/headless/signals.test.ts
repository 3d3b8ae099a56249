/** Ctrl-C, slow readers and readers that go away. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { linesOf, parseLines, startCli } from "../harness/cli.ts";
import { anyPython } from "../harness/pythons.ts";

const { path: python } = anyPython();
const folder = mkdtempSync(join(tmpdir(), "pyprobe-e2e-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const headless = ["run", "--headless", "--python", python];

test("the first Ctrl-C asks the program, whose own exit code is kept", async () => {
  const cli = startCli([...headless, "--json", "--probe=stop_politely.py:9:tick", "stop_politely.py"]);
  await cli.waitFor(/"event":"capture"/);
  cli.child.kill("SIGINT");
  const { code, stdout } = await cli.ended;
  const lines = parseLines(stdout);
  const [end] = linesOf(lines, "end");
  expect(code).toBe(5);
  expect(end?.exit_code).toBe(5);
  expect(end?.captures.p1).toBe(linesOf(lines, "capture").length);
  expect(stdout).toContain("stopped politely");
});

test("Ctrl-C before the program has begun ends the command as it would end any", async () => {
  const started = join(folder, "started");
  const goOn = join(folder, "go_on");
  execFileSync("mkfifo", [started, goOn]);
  const slowPython = join(folder, "slow_python");
  // The first time it is asked what it is, it says that it was, and waits.
  const waitOnce = `if mkdir "${join(folder, "asked")}" 2>/dev/null; then echo > "${started}"; read line < "${goOn}"; fi`;
  writeFileSync(slowPython, `#!/bin/sh\n${waitOnce}\nexec "${python}" "$@"\n`, { mode: 0o755 });
  const cli = startCli(["run", "--headless", "--python", slowPython, "--probe=add_up.py:8:total", "add_up.py"]);
  await readFile(started);
  cli.child.kill("SIGINT");
  const went = writeFile(goOn, "\n");
  const { code, signal, stdout, stderr } = await cli.ended;
  // Before there is anything to stop it is the system's own answer.
  expect(signal ?? code).toBeOneOf(["SIGINT", 130]);
  expect(stdout).toBe("");
  expect(stderr).toMatch(signal === null ? /^The program was stopped before it began\n$/ : /^$/);
  await went;
});

test("a program that ignores the first Ctrl-C is ended by the second", async () => {
  const cli = startCli([...headless, "ignore_interrupts.py"]);
  await cli.waitFor(/ready/);
  cli.child.kill("SIGINT");
  // Signals that arrive together are one press; a second one comes later.
  await new Promise((resolve) => setTimeout(resolve, 400));
  const pressedMs = performance.now();
  cli.child.kill("SIGINT");
  const { code } = await cli.ended;
  expect(code).toBe(128 + 9);
  // The whole ladder takes four seconds.
  expect(performance.now() - pressedMs).toBeLessThan(2_000);
});

test("SIGTERM stops the program as well", async () => {
  const cli = startCli([...headless, "stop_politely.py"]);
  await cli.waitFor(/ready/);
  cli.child.kill("SIGTERM");
  const { code, stdout } = await cli.ended;
  expect(code).toBe(5);
  expect(stdout).toBe("ready\nstopped politely\n");
});

test("a slow reader makes the program wait, and loses nothing", async () => {
  const count = 60_000;
  const cli = startCli([...headless, "--json", "--probe=add_up.py:8:total", "add_up.py", String(count)]);
  cli.child.stdin.end();
  cli.child.stdout.pause();
  // Nothing tells from outside that it waits. Long enough for all pipes on the way to be full.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  cli.child.stdout.resume();
  const { code, stdout } = await cli.ended;
  const lines = parseLines(stdout);
  expect(linesOf(lines, "capture").length).toBe(count);
  expect(linesOf(lines, "end")[0]).toMatchObject({ captures: { p1: count }, lost: { p1: 0 }, skipped: { p1: {} } });
  expect(code).toBe(0);
});

test("a reader that goes away stops the program", async () => {
  const cli = startCli([...headless, "--json", "--probe=stop_politely.py:9:tick", "stop_politely.py"]);
  await cli.waitFor(/"event":"capture"/);
  cli.child.stdout.destroy();
  const { code, stderr } = await cli.ended;
  expect(code).toBe(128 + 13);
  expect(stderr).toBe("");
});
