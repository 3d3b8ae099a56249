/** Themes, narrow windows, and what the browser remembers of them. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { clickName, scopeOf, traceOf, waitForLive } from "./the-page.ts";

let browser: TestBrowser;
let program: ServedProgram;

beforeAll(async () => {
  browser = await startBrowser({ colorScheme: "light" });
  program = await serveProgram(["two_ramps.py"]);
});
afterAll(async () => {
  program.child.kill("SIGINT");
  program.child.kill("SIGINT");
  await program.ended;
  await browser.close();
});
afterEach(async () => {
  for (const page of browser.context.pages()) if (page.url() !== "about:blank") await page.close();
  expect(browser.errors).toEqual([]);
});

const backgroundOf = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("the system's theme applies until another is chosen; scopes are drawn in the colours of the new one", async () => {
  const page = await browser.open(program.address);
  expect(await backgroundOf(page)).toBe("rgb(251, 251, 250)");
  await clickName(page, 13, "rising");
  await traceOf(await waitForLive(page, "rising"));
  await page.getByTestId("theme").click();
  expect(await backgroundOf(page)).toBe("rgb(14, 17, 22)");
  await traceOf(scopeOf(page, "rising"));
  await page.reload();
  expect(await backgroundOf(page)).toBe("rgb(14, 17, 22)");
});

test("below 900 px code and scopes are two pages", async () => {
  const page = await browser.open(program.address);
  await page.setViewportSize({ width: 600, height: 800 });
  await page.getByTestId("code").waitFor();
  expect(await page.getByTestId("scopes").isVisible()).toBe(false);
  await page.getByTestId("narrow-scopes").click();
  await page.getByTestId("scopes").waitFor();
  expect(await page.getByTestId("code").isVisible()).toBe(false);
  await traceOf(await waitForLive(page, "rising"));
});

test("the width of the code is kept for the program", async () => {
  const page = await browser.open(program.address);
  const code = page.getByTestId("code");
  await code.waitFor();
  const widthOf = async () => (await page.locator(".code").boundingBox())?.width ?? 0;
  const splitter = page.getByRole("separator", { name: "Width of the code" });
  const box = await splitter.boundingBox();
  if (box === null) throw new Error("Cannot drag the splitter: it is not shown");
  await page.mouse.move(box.x, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, box.y + 100, { steps: 3 });
  await page.mouse.up();
  const width = await widthOf();
  expect(width).toBeGreaterThan(600);
  await page.reload();
  await code.waitFor();
  expect(Math.abs((await widthOf()) - width)).toBeLessThan(2);
});

test("a wheel zooms at the pointer, a double-click fits again", async () => {
  const page = await browser.open(program.address);
  const scope = await waitForLive(page, "rising");
  await traceOf(scope);
  const fit = scope.getByRole("button", { name: "Fit all" });
  expect(await fit.count()).toBe(0);
  const canvas = scope.getByTestId("scope-canvas");
  await canvas.hover();
  await page.mouse.wheel(0, -400);
  await fit.waitFor();
  const before = await traceOf(scope);
  expect(before.length).toBeGreaterThan(50);
  await canvas.dblclick();
  await fit.waitFor({ state: "detached" });
});
