/** What happens around the probes: pages that come late, programs that end, engines that go. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { captureOf, clickName, ends, nameOn, patient, scopeOf, traceOf, waitForLive } from "./the-page.ts";

let browser: TestBrowser;
const programs: ServedProgram[] = [];
let folder: string;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyprobe-page-"));
});
afterEach(async () => {
  for (const page of browser.context.pages()) if (page.url() !== "about:blank") await page.close();
  for (const program of programs.splice(0)) {
    program.child.kill("SIGINT");
    program.child.kill("SIGINT");
    await program.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

async function serve(...args: string[]): Promise<ServedProgram> {
  const program = await serveProgram(args);
  programs.push(program);
  return program;
}

const stateOf = (page: Page) => page.getByTestId("session-state").innerText();

async function pidOf(page: Page): Promise<number> {
  return Number(/pid (\d+)/.exec(await page.getByTestId("process-chip").innerText())?.[1]);
}

test("a reload and a second tab see the same probes; what one removes leaves the other", async () => {
  const { address } = await serve("two_ramps.py");
  const first = await browser.open(address);
  await clickName(first, 13, "rising");
  await waitForLive(first, "rising");
  await first.reload();
  await traceOf(await waitForLive(first, "rising"));

  const second = await browser.open(new URL("/", address).href);
  const rising = ends(await traceOf(await waitForLive(second, "rising")));
  expect(rising.last).toBeGreaterThan(rising.first);
  await clickName(second, 14, "falling");
  const falling = ends(await traceOf(await waitForLive(first, "falling")));
  expect(falling.first).toBeGreaterThan(falling.last);
  await clickName(first, 13, "rising");
  await scopeOf(second, "rising").waitFor({ state: "detached" });
  await nameOn(second, 13, "rising");
});

test("stop, run and restart keep the probes", async () => {
  const { address } = await serve("two_ramps.py");
  const page = await browser.open(address);
  await clickName(page, 12, "turn");
  const scope = await waitForLive(page, "turn");
  await page.getByTestId("stop").click();
  await page.getByTestId("run").waitFor();
  expect(await stateOf(page)).toContain("stopped");
  await expect.poll(() => scope.getAttribute("data-state"), patient).toBe("ended");
  expect(await captureOf(scope)).toBeGreaterThan(0);
  await page.getByTestId("run").click();
  await waitForLive(page, "turn");
  await page.getByTestId("restart").click();
  await expect.poll(() => stateOf(page), patient).toBe("running");
  await waitForLive(page, "turn");
});

test("a probe on code that ran once, at the start, offers the restart that catches it", async () => {
  const { address } = await serve("two_ramps.py");
  const page = await browser.open(address);
  await clickName(page, 6, "COUNT");
  await scopeOf(page, "COUNT").getByTestId("cover-restart").click();
  await expect.poll(() => captureOf(scopeOf(page, "COUNT")), patient).toBeGreaterThan(0);
});

test("a name that is clicked after the end is caught by another run", async () => {
  const { address } = await serve("add_up.py");
  const page = await browser.open(address);
  await expect.poll(() => stateOf(page), patient).toContain("exit 0");
  await clickName(page, 8, "total");
  const scope = scopeOf(page, "total");
  await scope.getByTestId("cover-restart").filter({ hasText: "Run again" }).click();
  await expect.poll(() => captureOf(scope), patient).toBeGreaterThan(0);
});

test("a program that throws: its line, the message, the frames", async () => {
  const { address } = await serve("raise_in_main.py");
  const page = await browser.open(address);
  await page.getByTestId("line-problem").filter({ hasText: "ZeroDivisionError" }).waitFor();
  await page.locator(".cm-line.cm-problem-line").filter({ hasText: "12 / left" }).waitFor();
  await page.getByTestId("exception").filter({ hasText: "countdown" }).waitFor();
  expect(await page.getByTestId("program-banner").innerText()).toContain("exit 1");
});

test("a program killed from outside has ended, with its last values still there", async () => {
  const { address } = await serve("two_ramps.py");
  const page = await browser.open(address);
  await clickName(page, 13, "rising");
  const scope = await waitForLive(page, "rising");
  await traceOf(scope);
  process.kill(await pidOf(page), "SIGKILL");
  await expect.poll(() => stateOf(page), patient).toContain("SIGKILL");
  const { first, last } = ends(await traceOf(scope));
  expect(last).toBeGreaterThan(first);
});

test("standard input and output", async () => {
  const { address } = await serve("read_input.py");
  const page = await browser.open(address);
  await page.getByTestId("drawer-output").click();
  await page.getByTestId("stdin").fill("hello");
  await page.keyboard.press("Enter");
  await page.getByTestId("output").filter({ hasText: "read hello" }).waitFor();
  await page.getByRole("button", { name: "End of file" }).click();
  await page.getByTestId("output").filter({ hasText: "end of input" }).waitFor();
  await expect.poll(() => stateOf(page), patient).toContain("exit 0");
});

test("a saved file is shown as it is now; probes say that their line changed, and a restart follows", async () => {
  const script = join(folder, "edited.py");
  const loop = "import time\nturn = 0\nwhile True:\n    turn += 1\n    time.sleep(0.01)\n";
  writeFileSync(script, loop);
  const { address } = await serve(script);
  const page = await browser.open(address);
  await clickName(page, 4, "turn");
  await waitForLive(page, "turn");
  await page.getByTestId("inline-value").waitFor();
  writeFileSync(script, `# a new first line\n${loop}`);
  await page.locator(".cm-line").first().filter({ hasText: "a new first line" }).waitFor();
  await page.getByTestId("gutter-mark").filter({ hasText: "▲" }).waitFor();
  expect(await page.getByTestId("inline-value").count()).toBe(0);
  await page.getByTestId("restart").click();
  await page.locator(".cm-line").nth(4).getByTestId("watched-symbol").waitFor();
  await page.getByTestId("gutter-mark").filter({ hasText: "▲" }).waitFor({ state: "detached" });
  await waitForLive(page, "turn");
});

test("a script that does not parse shows its line", async () => {
  const { address } = await serve("does_not_parse.py");
  const page = await browser.open(address);
  await page.getByTestId("line-problem").first().waitFor();
  await page.locator(".cm-problem-line").first().waitFor();
});

test("an engine that is gone: what was shown stays; one that comes back is found by itself", async () => {
  const program = await serve("two_ramps.py");
  const page = await browser.open(program.address);
  await clickName(page, 13, "rising");
  const scope = await waitForLive(page, "rising");
  await traceOf(scope);
  const orphan = await pidOf(page);
  program.kill();
  await program.ended;
  process.kill(orphan, "SIGKILL"); // the program itself would run on
  await page.getByTestId("link-banner").waitFor();
  expect(await stateOf(page)).toBe("not connected");
  expect(await page.getByTestId("stop").isDisabled()).toBe(true);
  const { first, last } = ends(await traceOf(scope));
  expect(last).toBeGreaterThan(first);

  const { port } = new URL(program.address);
  const again = await serve("--port", port, "two_ramps.py");
  await page.getByTestId("link-banner").filter({ hasText: "Another PyProbe" }).waitFor();
  const other = await browser.open(again.address);
  await other.getByTestId("code").waitFor();
  await page.getByTestId("link-banner").waitFor({ state: "detached" });
  await clickName(page, 14, "falling");
  await waitForLive(page, "falling");
  await waitForLive(other, "falling");
});
