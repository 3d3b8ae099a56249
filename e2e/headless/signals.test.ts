/** Ctrl-C, slow readers and readers that go away. */
import { expect, test } from "vitest";
import { linesOf, parseLines, startCli } from "../harness/cli.ts";
import { anyPython } from "../harness/pythons.ts";

const { path: python } = anyPython();
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

test("a program that ignores the first Ctrl-C is ended by the second", async () => {
  const cli = startCli([...headless, "ignore_interrupts.py"]);
  await cli.waitFor(/ready/);
  cli.child.kill("SIGINT");
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
