/** Besides a scope of its own: over another one, as a value alone, with a lens of one's choice, and by touch. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { clickName, ends, nameOn, patient, placeOf, scopeOf, traceOf, waitForLive } from "./the-page.ts";

let browser: TestBrowser;
let program: ServedProgram;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser({ hasTouch: true });
});
afterAll(() => browser.close());
beforeEach(async () => {
  program = await serveProgram(["two_ramps.py"]);
  page = await browser.open(program.address);
});
afterEach(async () => {
  await page.evaluate(() => localStorage.clear());
  await page.close();
  program.child.kill("SIGINT");
  program.child.kill("SIGINT");
  await program.ended;
  expect(browser.errors).toEqual([]);
});

test("Alt-click draws a second series in the focused scope, in its own colour; its chip gives it a scope again", async () => {
  await clickName(page, 13, "rising");
  const scope = await waitForLive(page, "rising");
  await traceOf(scope);
  await (await nameOn(page, 14, "falling")).click({ modifiers: ["Alt"] });
  const chip = scope.getByTestId("overlay-chip");
  await chip.waitFor();
  const rising = ends(await traceOf(scope));
  const falling = ends(await traceOf(scope, "series-1"));
  expect(rising.last - rising.first).toBeGreaterThan(0.4);
  expect(falling.first - falling.last).toBeGreaterThan(0.4);
  expect(await page.getByTestId("scope").count()).toBe(1);

  await page.reload();
  await traceOf(scopeOf(page, "rising"), "series-1");
  await scopeOf(page, "rising").getByTestId("overlay-chip").getByRole("button").first().click();
  await traceOf(await waitForLive(page, "falling"));
  await scopeOf(page, "rising").getByTestId("overlay-chip").waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await scopeOf(page, "rising").getByTestId("overlay-chip").waitFor();
});

test("histories run over the newest captures; those of several names over time, which they have in common", async () => {
  await clickName(page, 12, "turn");
  const scope = await waitForLive(page, "turn");
  await traceOf(scope);
  const axis = scope.getByTestId("axis-menu");
  expect(await axis.innerText()).toBe("last 1,000");
  await axis.click();
  await page.getByTestId("menu-axis-count-all").click();
  await expect.poll(() => axis.innerText(), patient).toBe("all");
  await (await nameOn(page, 13, "i")).click({ modifiers: ["Alt"] });
  await scope.getByTestId("overlay-chip").waitFor();
  await expect.poll(() => axis.innerText(), patient).toBe("over time");
  await axis.click();
  expect(await page.getByTestId("menu-axis-count-100").getAttribute("aria-disabled")).toBe("true");
  await page.keyboard.press("Escape");
  await scope.getByTestId("overlay-chip").getByRole("button").last().click();
  await expect.poll(() => axis.innerText(), patient).toBe("all");
});

test("a lens that shows one name says why the others are not drawn", async () => {
  await clickName(page, 13, "rising");
  const scope = await waitForLive(page, "rising");
  await (await nameOn(page, 14, "falling")).click({ modifiers: ["Alt"] });
  await scope.getByTestId("overlay-chip").waitFor();
  await scope.getByTestId("lens-menu").click();
  await page.getByTestId("menu-lens-value").click();
  await scope.getByTestId("overlay-chip").filter({ hasText: "shows one name" }).waitFor();
  await scope.getByTestId("lens-menu").click();
  await page.getByTestId("menu-lens-waveform").click();
  await traceOf(scope, "series-1");
});

test("Shift-click watches the value alone; the same again takes it back", async () => {
  await (await nameOn(page, 12, "turn")).click({ modifiers: ["Shift"] });
  const chip = page.getByTestId("value-chip");
  await chip.filter({ hasText: /turn.*= \d+/ }).waitFor();
  expect(await page.getByTestId("scope").count()).toBe(0);
  await page.getByTestId("first-steps").waitFor();
  await (await nameOn(page, 12, "turn")).click({ modifiers: ["Shift"] });
  await chip.waitFor({ state: "detached" });

  await (await nameOn(page, 12, "turn")).click({ modifiers: ["Shift"] });
  await chip.getByRole("button").first().click();
  await waitForLive(page, "turn");
  expect(await chip.count()).toBe(0);
});

test("the right button offers the lenses at the pointer", async () => {
  const name = await nameOn(page, 13, "rising");
  await name.click({ button: "right" });
  await page.getByRole("menu", { name: "Watch rising" }).waitFor();
  await page.getByTestId("menu-lens-value").click();
  const scope = await waitForLive(page, "rising");
  await expect.poll(() => scope.getAttribute("data-lens"), patient).toBe("value");
  await scope.getByTestId("value-tree").waitFor();
  await name.click({ button: "right" });
  expect(await page.getByTestId("menu-lens-constellation").getAttribute("aria-disabled")).toBe("true");
  await page.getByTestId("menu-value-only").click();
  await page.getByTestId("value-chip").waitFor();
  await name.click({ button: "right" });
  await page.getByTestId("menu-stop").click();
  await page.getByTestId("value-chip").waitFor({ state: "detached" });
});

test("the keyboard has all of these ways", async () => {
  await clickName(page, 13, "rising");
  await waitForLive(page, "rising");
  const pointed = page.getByTestId("pointed-symbol");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => pointed.innerText(), patient).toBe("falling");
  await page.keyboard.press("Alt+Enter");
  await scopeOf(page, "rising").getByTestId("overlay-chip").waitFor();
  await page.keyboard.press("Delete");
  await page.getByTestId("overlay-chip").waitFor({ state: "detached" });
  await page.keyboard.press("Shift+Enter");
  await page.getByTestId("value-chip").waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("value-chip").waitFor({ state: "detached" });
  await page.keyboard.press("l");
  await page.getByRole("menu", { name: "Watch falling" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.evaluate(() => document.activeElement?.className), patient).toContain("cm-content");
});

test("a tap tells what the name is and offers to probe it; a double tap probes at once", async () => {
  await nameOn(page, 13, "rising");
  await page.touchscreen.tap(...(await placeOf(page, 13, "rising")));
  const button = page.getByTestId("card-probe");
  await button.waitFor();
  expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  expect(await page.getByTestId("scope").count()).toBe(0);
  const box = await button.boundingBox();
  if (box === null) throw new Error("Cannot tap the button: it is not shown");
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  await waitForLive(page, "rising");

  const falling = await placeOf(page, 14, "falling");
  await page.touchscreen.tap(...falling);
  await page.touchscreen.tap(...falling);
  await waitForLive(page, "falling");
});
