/** The one gesture: point at a name, click it, see its signal, click again. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { captureOf, clickName, ends, nameOn, patient, placeOf, scopeOf, traceOf, waitForLive } from "./the-page.ts";

let browser: TestBrowser;
let program: ServedProgram;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  program = await serveProgram(["two_ramps.py"]);
  page = await browser.open(program.address);
});
afterEach(async () => {
  await page.close();
  program.child.kill("SIGINT");
  program.child.kill("SIGINT");
  await program.ended;
  expect(browser.errors).toEqual([]);
});

test("hover boxes exactly what a click takes, and a module never lights up", async () => {
  const name = await nameOn(page, 13, "rising");
  await name.hover();
  const pointed = page.getByTestId("pointed-symbol");
  await pointed.waitFor();
  expect(await pointed.innerText()).toBe("rising");
  expect(await page.getByTestId("symbol-tip").innerText()).toContain("click = scope");
  await page.mouse.down();
  await page.mouse.up();
  const watched = page.getByTestId("watched-symbol");
  await watched.waitFor();
  expect(await watched.innerText()).toBe("rising");
  await scopeOf(page, "rising").waitFor();

  await page.mouse.move(...(await placeOf(page, 15, "time")));
  await page.getByTestId("symbol-tip").filter({ hasText: "module" }).waitFor();
  expect(await page.getByTestId("pointed-symbol").count()).toBe(0);
  await page.mouse.down();
  await page.mouse.up();
  expect(await page.getByTestId("scope").count()).toBe(1);
});

test("words that are no names say what they are, and never light up", async () => {
  await nameOn(page, 13, "rising");
  const says = async (line: number, word: string, words: string) => {
    await page.mouse.move(...(await placeOf(page, line, word)));
    await page.getByTestId("symbol-tip").filter({ hasText: words }).waitFor();
    expect(await page.getByTestId("pointed-symbol").count()).toBe(0);
  };
  await says(11, "while", "word of Python");
  await says(11, "True", "constant of Python");
  await says(15, "sleep", "attributes can be watched where they are stored");
  await says(13, "range", "built into Python");
});

test("each scope shows the waveform of its own name", async () => {
  await clickName(page, 13, "rising");
  await clickName(page, 14, "falling");
  const rising = ends(await traceOf(await waitForLive(page, "rising")));
  const falling = ends(await traceOf(await waitForLive(page, "falling")));
  expect(rising.last - rising.first).toBeGreaterThan(0.4);
  expect(falling.first - falling.last).toBeGreaterThan(0.4);
});

test("the code alone tells what is watched: box, mark in the gutter, value at the line's end", async () => {
  await clickName(page, 12, "turn");
  await waitForLive(page, "turn");
  await page.locator('[data-testid="gutter-mark"]:is([data-state="live"], [data-state="throttled"])').waitFor();
  const value = page.getByTestId("inline-value");
  const number = async () => Number((await value.innerText()).replace("=", ""));
  await expect.poll(number, patient).toBeGreaterThan(0);
  const before = await number();
  await expect.poll(number, patient).toBeGreaterThan(before);
});

test("a second click removes, and undo brings the same captures back", async () => {
  await clickName(page, 13, "rising");
  await waitForLive(page, "rising");
  await clickName(page, 13, "rising");
  await scopeOf(page, "rising").waitFor({ state: "detached" });
  await page.getByTestId("undo").click();
  await traceOf(await waitForLive(page, "rising"));

  await clickName(page, 13, "rising");
  await scopeOf(page, "rising").waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await waitForLive(page, "rising");
});

test("the scopes of each function are a group, and each closes by its own button", async () => {
  await clickName(page, 13, "rising");
  await clickName(page, 6, "COUNT");
  await waitForLive(page, "rising");
  const groups = page.locator(".dock-tab");
  await expect.poll(() => groups.allInnerTexts(), patient).toEqual(["main()", "module level"]);
  await scopeOf(page, "COUNT").getByTestId("scope-close").click();
  await scopeOf(page, "COUNT").waitFor({ state: "detached" });
  await expect.poll(() => groups.allInnerTexts(), patient).toEqual(["main()"]);
  await scopeOf(page, "rising").getByTestId("scope-close").click();
  await page.getByTestId("first-steps").waitFor();
});

test("hold stays at one capture while others come; live goes on", async () => {
  await clickName(page, 12, "turn");
  const scope = await waitForLive(page, "turn");
  await expect.poll(() => captureOf(scope), patient).toBeGreaterThan(0);
  await scope.getByTestId("scope-hold").click();
  await scope.getByTestId("scope-live").waitFor();
  const held = await captureOf(scope);
  expect(await scope.getByTestId("scope-state").innerText()).toContain("held");
  await scope
    .getByTestId("scope-live")
    .filter({ hasText: /\d+ newer/ })
    .waitFor();
  expect(await captureOf(scope)).toBe(held);
  await scope.getByTestId("scope-live").click();
  await expect.poll(() => captureOf(scope), patient).toBeGreaterThan(held);
});

test("the keyboard does all of it", async () => {
  await (await nameOn(page, 13, "rising")).waitFor();
  await page.getByTestId("suggestion").first().waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  const pointed = page.getByTestId("pointed-symbol");
  await pointed.waitFor();
  for (let i = 0; i < 40 && (await pointed.innerText()) !== "rising"; i += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const scope = await waitForLive(page, "rising");
  expect(await page.getByTestId("announcer").innerText()).toContain("rising");
  // What is not drawn yet cannot be held.
  await traceOf(scope);

  await page.keyboard.press("l");
  await page.getByTestId("menu-lens-value").waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await expect.poll(() => scope.evaluate((element) => element === document.activeElement), patient).toBe(true);
  await page.keyboard.press("Space");
  await scope.getByTestId("scope-live").waitFor();
  await page.keyboard.press("Space");
  await scope.getByTestId("scope-live").waitFor({ state: "detached" });
  await page.keyboard.press("Delete");
  await scope.waitFor({ state: "detached" });

  await page.keyboard.press("Control+k");
  await page.getByTestId("palette").waitFor();
  await page.keyboard.type("undo");
  await page.keyboard.press("Enter");
  await waitForLive(page, "rising");
});

test("F6 goes from region to region; what is chosen in a menu is heard with it", async () => {
  await clickName(page, 13, "rising");
  const scope = await waitForLive(page, "rising");
  await page.keyboard.press("Escape");
  const region = () =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>("[data-region]")?.dataset.region ?? "");
  const seen: string[] = [];
  for (let i = 0; i < 4; i += 1) {
    seen.push(await region());
    await page.keyboard.press("F6");
  }
  expect(seen).toEqual(["code", "scopes", "drawer", "top"]);
  await page.keyboard.press("F6");
  expect(await scope.evaluate((element) => element === document.activeElement)).toBe(true);
  await scope.getByRole("button", { name: "Mode: which hits are captured: Auto" }).waitFor();
  await scope.getByRole("button", { name: "Lens: how to see it (L): Waveform" }).waitFor();
});

test("the lens is switched by hand, and kept after a reload", async () => {
  await clickName(page, 13, "rising");
  const scope = await waitForLive(page, "rising");
  await expect.poll(() => scope.getAttribute("data-lens"), patient).toBe("waveform");
  await scope.getByTestId("lens-menu").click();
  expect(await page.getByTestId("menu-lens-constellation").getAttribute("aria-disabled")).toBe("true");
  await page.getByTestId("menu-lens-value").click();
  await scope.getByTestId("value-tree").waitFor();
  expect(await scope.getByTestId("value-tree").innerText()).toContain("1000");
  await page.reload();
  await expect.poll(() => scopeOf(page, "rising").getAttribute("data-lens"), patient).toBe("value");
});
