import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { captureOf, patient, scopeOf, traceOf } from "./the-page.ts";

const demo = join(import.meta.dirname, "..", "..", "examples", "qpsk_receiver.py");
let browser: TestBrowser;
let program: ServedProgram | undefined;

beforeAll(async () => {
  browser = await startBrowser();
});

afterEach(async () => {
  // Twice: the first ends the program, the second the command.
  program?.child.kill("SIGINT");
  program?.child.kill("SIGINT");
  await program?.ended;
  program = undefined;
  for (const page of browser.context.pages().slice(1)) await page.close();
});

afterAll(async () => {
  await browser.close();
});

async function openDemo(): Promise<Page> {
  program = await serveProgram([demo]);
  return browser.open(program.address);
}

test("the demo is one click away from a moving constellation, at a name that is in sight", async () => {
  const page = await openDemo();
  const offered = page.getByTestId("suggestion");
  await offered.first().waitFor();
  const names = await offered.locator("code").allInnerTexts();
  expect(names).toContain("symbols");
  expect(await page.locator(".cm-suggested").allInnerTexts()).toEqual(names);
  await expect.poll(() => page.locator(".cm-suggested").last().isVisible(), patient).toBe(true);
  await offered.filter({ hasText: "symbols" }).click();
  const scope = scopeOf(page, "symbols");
  await traceOf(scope);
  await expect.poll(() => scope.getAttribute("data-lens"), patient).toBe("constellation");
  const first = await captureOf(scope);
  await expect.poll(() => captureOf(scope), patient).toBeGreaterThan(first);
});

test("the keyboard walks through a menu while values come, and goes on where it was", async () => {
  const page = await openDemo();
  await page.getByTestId("suggestion").last().click();
  const scope = scopeOf(page, "symbols");
  await traceOf(scope);
  await scope.focus();
  await page.keyboard.press("l");
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.testid ?? "");
  await expect.poll(focused, patient).toBe("menu-lens-auto");
  await page.keyboard.press("ArrowDown");
  const chosen = await focused();
  const shown = await captureOf(scope);
  await expect.poll(() => captureOf(scope), patient).toBeGreaterThan(shown + 10);
  expect(await focused()).toBe(chosen);
  await page.keyboard.press("Escape");
  expect(await focused()).toBe("scope");
  await page.keyboard.press("Delete");
  await scope.waitFor({ state: "detached" });
});

test("the page never scrolls as a whole, whatever asks for it", async () => {
  const page = await openDemo();
  await page.getByTestId("suggestion").last().click();
  await scopeOf(page, "symbols").waitFor();
  const tops = await page.evaluate(() => {
    window.scrollTo(0, 400);
    const outer = [document.documentElement, document.body, ...document.querySelectorAll("#root, .page, .main")];
    for (const element of outer) element.scrollTop = 300;
    document.querySelector("[data-testid='drawer-output']")?.scrollIntoView({ block: "start" });
    return [window.scrollY, ...outer.map((element) => element.scrollTop)];
  });
  expect(tops.every((top) => top === 0)).toBe(true);
});
