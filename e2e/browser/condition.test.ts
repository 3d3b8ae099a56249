/** Mode when: a condition is typed into the scope, told of as it is typed, and captures only where it is true. */
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { clickName, patient, scopeOf, waitForLive } from "./the-page.ts";

let browser: TestBrowser;
let program: ServedProgram;
let page: Page;
let scope: Locator;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  program = await serveProgram(["two_ramps.py"]);
  page = await browser.open(program.address);
  await clickName(page, 12, "turn");
  scope = await waitForLive(page, "turn");
  await openField();
});
afterEach(async () => {
  await page.close();
  program.child.kill("SIGINT");
  program.child.kill("SIGINT");
  await program.ended;
  expect(browser.errors).toEqual([]);
});

async function openField(): Promise<void> {
  await scope.getByTestId("mode-menu").click();
  await page.getByTestId("menu-mode-when").click();
  await scope.getByTestId("condition-input").waitFor();
}

const counts = async () => Number((await scope.getByTestId("condition-counts").innerText()).replaceAll(/\D/g, ""));

test("a condition captures where it is true, and tells at how many hits it was false", async () => {
  const input = scope.getByTestId("condition-input");
  expect(await input.evaluate((element) => element === document.activeElement)).toBe(true);
  await input.fill("turn % 10 == 0");
  await input.press("Enter");
  await scope.getByTestId("condition").waitFor();
  expect(await scope.getByTestId("condition-edit").innerText()).toBe("when turn % 10 == 0");
  expect(await scope.evaluate((element) => element === document.activeElement)).toBe(true);
  await expect.poll(counts, patient).toBeGreaterThan(20);
  const inline = page.getByTestId("inline-value");
  await expect.poll(async () => Number((await inline.innerText()).replace("=", "")) % 10, patient).toBe(0);
  // The mode stays with the probe when the program is run again.
  await page.getByTestId("restart").click();
  await expect.poll(counts, patient).toBeLessThan(20);
  await expect.poll(counts, patient).toBeGreaterThan(20);
  expect(await scope.getByTestId("condition-edit").innerText()).toBe("when turn % 10 == 0");
});

test("what is wrong with it is told under the field while it is typed, and it is not taken", async () => {
  const input = scope.getByTestId("condition-input");
  const error = scope.getByTestId("condition-error");
  await input.fill("turn > limit(3) and turn");
  await error.filter({ hasText: "limit(…) cannot be called in a condition" }).waitFor();
  expect(await error.locator("mark").innerText()).toBe("limit");
  await input.press("Enter");
  expect(await input.isVisible()).toBe(true);
  await input.fill("turn > ");
  await error.filter({ hasNotText: "limit" }).waitFor();
  await input.fill("turn > 3");
  await error.filter({ hasText: "Enter takes it" }).waitFor();
  await input.press("Escape");
  await scope.getByTestId("condition-form").waitFor({ state: "detached" });
  expect(await scopeOf(page, "turn").getByTestId("condition").count()).toBe(0);
});

test("what cannot be evaluated is counted, with the first cause", async () => {
  const input = scope.getByTestId("condition-input");
  await input.fill("turn > gain");
  await input.press("Enter");
  const cause = scope.getByTestId("condition-cause");
  await cause.filter({ hasText: 'the name "gain" is not defined here' }).waitFor();
  expect(await cause.innerText()).toMatch(/^▲ [\d, {2}]+ not evaluated/);
});
