/** What the program writes, as it is read in the page. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { clickName, nameOn, patient, scopeOf, waitForLive } from "./the-page.ts";

let browser: TestBrowser;
let program: ServedProgram;
let page: Page;
let folder: string;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pyprobe-output-"));
});
afterEach(async () => {
  await page.close();
  program.child.kill("SIGINT");
  program.child.kill("SIGINT");
  await program.ended;
  rmSync(folder, { recursive: true, force: true });
  expect(browser.errors).toEqual([]);
});

async function open(text: string, ...options: string[]): Promise<void> {
  const script = join(folder, "script.py");
  writeFileSync(script, text);
  program = await serveProgram([...options, script]);
  page = await browser.open(program.address);
}

const writer = `import sys, time
print("\\x1b[1;32mgreen\\x1b[0m plain \\x1b[38;5;196mred\\x1b[0m")
for share in range(101):
    sys.stdout.write(f"\\r{share} %")
print()
for number in range(2000):
    print("line", number)
sys.stdin.readline()
for number in range(2000, 2100):
    print("line", number)
sys.stdin.readline()
`;

test("colours are shown, progress bars take one line, and lines are found", async () => {
  await open(writer);
  await page.getByTestId("drawer-output").click();
  const output = page.getByTestId("output");
  await output.filter({ hasText: "line 1999" }).waitFor();
  expect(await output.innerText()).not.toContain("\x1b");
  const green = page.locator(".output-log .ansi-2.is-bold").first();
  expect(await green.textContent()).toBe("green");
  await page.getByTestId("output-find").fill("%");
  await expect.poll(async () => (await output.innerText()).trim(), patient).toBe("100 %");
  await page.getByTestId("output-find").fill("LINE 199");
  await expect.poll(() => page.locator(".output-find").innerText(), patient).toContain("11 lines");
  expect(await output.locator("mark").first().innerText()).toBe("line 199");
});

test("output follows its end until it is scrolled away from it, and goes back with one click", async () => {
  await open(writer);
  await page.getByTestId("drawer-output").click();
  const output = page.getByTestId("output");
  await output.filter({ hasText: "line 1999" }).waitFor();
  const fromEnd = () => output.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  await expect.poll(fromEnd, patient).toBeLessThan(12);
  await output.evaluate((log) => {
    log.scrollTop = 0;
  });
  const toEnd = page.getByTestId("output-to-end");
  await toEnd.waitFor();
  await page.getByTestId("stdin").fill("go on");
  await page.keyboard.press("Enter");
  await output.filter({ hasText: "line 2099" }).waitFor();
  expect(await output.evaluate((log) => log.scrollTop)).toBe(0);
  await toEnd.click();
  await expect.poll(fromEnd, patient).toBeLessThan(12);
  await toEnd.waitFor({ state: "detached" });
});

test("the message of an exception is seen below a line of any length", async () => {
  const long = `raise ValueError("first\\nsecond")  # ${"a long comment ".repeat(20)}`;
  await open(`x = 1\n${long}\n`);
  const message = page.getByTestId("line-problem");
  await message.filter({ hasText: "ValueError: first second" }).waitFor();
  const box = await message.boundingBox();
  const code = await page.locator(".code").boundingBox();
  expect(box && code && box.x + Math.min(box.width, 200) < code.x + code.width).toBe(true);
});

test("n of every n-th hit is typed", async () => {
  await open("import time\nturn = 0\nwhile True:\n    turn += 1\n    time.sleep(0.002)\n");
  await clickName(page, 4, "turn");
  const scope = await waitForLive(page, "turn");
  await scope.getByTestId("mode-menu").click();
  const field = page.getByTestId("mode-step");
  await field.fill("0");
  await page.getByRole("status").filter({ hasText: "a whole number from 1" }).waitFor();
  await field.fill("37");
  await page.keyboard.press("Enter");
  await expect.poll(() => scopeOf(page, "turn").getByTestId("mode-menu").innerText(), patient).toContain("1 in 37");
  await field.waitFor({ state: "detached" });
});

test("a Python that cannot be used is replaced by one from the list in the page, which finds the names", async () => {
  await open("greeting = 'hello'\nprint(greeting)\n", "--python", process.execPath);
  const banner = page.getByTestId("program-banner");
  await banner.filter({ hasText: "here, or start with --python" }).waitFor();
  await page.getByTestId("banner-interpreter").click();
  const usable = page.locator("[role=menuitemradio]:not([aria-disabled=true])").first();
  await usable.click();
  await page.getByTestId("session-state").filter({ hasText: "exit 0" }).waitFor();
  await nameOn(page, 1, "greeting");
});
