/** Where scopes stand: in the groups of their functions, and where a person puts them by hand, by key and by name. */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ServedProgram, serveProgram, startBrowser, type TestBrowser } from "../harness/browser.ts";
import { clickName, nameOn, patient, scopeOf, traceOf, waitForLive } from "./the-page.ts";

let browser: TestBrowser;
let program: ServedProgram;
let page: Page;

beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  program = await serveProgram(["five_functions.py"]);
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

const names = [
  [7, "ramp"],
  [12, "scaled"],
  [13, "largest"],
  [18, "lifted"],
  [23, "mean"],
  [24, "span"],
  [31, "turn"],
  [33, "scaled"],
] as const;

/** The scopes of each group, in reading order. */
async function groupsOf(shown: Page): Promise<string[]> {
  return shown
    .locator(".dock-group")
    .evaluateAll((groups) =>
      groups.map((group) =>
        [...group.querySelectorAll<HTMLElement>("[data-testid=scope]")].map(({ dataset }) => dataset.symbol).join(" "),
      ),
    );
}

async function middleOf(symbol: string, part = "scope-header"): Promise<{ x: number; y: number; width: number }> {
  const box = await scopeOf(page, symbol).locator(`.${part}`).boundingBox();
  if (box === null) throw new Error(`Cannot find the ${part} of ${symbol}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
}

test("eight names in five functions are eight scopes that can be read, none behind a tab", async () => {
  for (const [line, name] of names) await clickName(page, line, name);
  await expect.poll(() => page.getByTestId("scope").count(), patient).toBe(8);
  const heights = () =>
    page.getByTestId("scope").evaluateAll((scopes) => scopes.map((scope) => scope.getBoundingClientRect().height));
  await expect.poll(async () => Math.min(...(await heights())), patient).toBeGreaterThanOrEqual(170);
  const tabs = page.locator(".dv-tabs-container");
  expect(await tabs.count()).toBe(5);
  expect(await page.locator(".dv-tab").count()).toBe(5);
  const seen = await page.getByTestId("scope").evaluateAll((scopes) => {
    const dock = document.querySelector(".dock")?.getBoundingClientRect();
    return scopes.filter((scope) => dock && scope.getBoundingClientRect().top < dock.bottom - 60).length;
  });
  expect(seen).toBe(8);
});

test("a scope is dragged by its header into another group; undo takes it back; a reload keeps it", async () => {
  await clickName(page, 7, "ramp");
  await clickName(page, 18, "lifted");
  await traceOf(await waitForLive(page, "lifted"));
  expect(await groupsOf(page)).toEqual(["ramp", "lifted"]);
  const drag = async () => {
    const from = await middleOf("lifted");
    const to = await middleOf("ramp", "scope-body");
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y + 30, { steps: 4 });
    await page.locator(".drop-marker").waitFor();
    await page.mouse.up();
  };
  await drag();
  await expect.poll(() => groupsOf(page), patient).toEqual(["ramp lifted"]);
  await traceOf(scopeOf(page, "lifted"));
  await page.keyboard.press("Control+z");
  await expect.poll(() => groupsOf(page), patient).toEqual(["ramp", "lifted"]);
  await drag();
  await expect.poll(() => groupsOf(page), patient).toEqual(["ramp lifted"]);
  await page.reload();
  await expect.poll(() => groupsOf(page), patient).toEqual(["ramp lifted"]);
});

test("Esc while it is dragged leaves a scope where it was", async () => {
  await clickName(page, 7, "ramp");
  await clickName(page, 18, "lifted");
  await waitForLive(page, "lifted");
  const from = await middleOf("lifted");
  const to = await middleOf("ramp", "scope-body");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.locator(".drop-marker").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".drop-marker").waitFor({ state: "detached" });
  await page.mouse.up();
  expect(await groupsOf(page)).toEqual(["ramp", "lifted"]);
});

test("keys move the focused scope within its group, and on into the next; the focus goes with it", async () => {
  await clickName(page, 12, "scaled");
  await clickName(page, 13, "largest");
  await clickName(page, 18, "lifted");
  await waitForLive(page, "lifted");
  await scopeOf(page, "largest").focus();
  await page.keyboard.press("Shift+ArrowLeft");
  await expect.poll(() => groupsOf(page), patient).toEqual(["largest scaled", "lifted"]);
  await expect
    .poll(() => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.symbol), patient)
    .toBe("largest");
  await page.keyboard.press("Shift+ArrowDown");
  await expect.poll(() => groupsOf(page), patient).toEqual(["scaled", "largest lifted"]);
  await page.keyboard.press("Control+z");
  await expect.poll(() => groupsOf(page), patient).toEqual(["largest scaled", "lifted"]);
  await page.keyboard.press("Control+z");
  await expect.poll(() => groupsOf(page), patient).toEqual(["scaled largest", "lifted"]);
});

test("the palette moves a scope to a group by its name", async () => {
  await clickName(page, 12, "scaled");
  await clickName(page, 13, "largest");
  await clickName(page, 18, "lifted");
  await waitForLive(page, "lifted");
  await scopeOf(page, "largest").focus();
  const take = async (words: string) => {
    await page.keyboard.press("Control+k");
    await page.getByTestId("palette").waitFor();
    await page.keyboard.type(words);
    await page.keyboard.press("Enter");
  };
  await take("move largest group offset");
  await expect.poll(() => groupsOf(page), patient).toEqual(["scaled", "lifted largest"]);
  await take("move largest own");
  await expect.poll(() => groupsOf(page), patient).toEqual(["scaled", "lifted", "largest"]);
  await take("undo");
  await expect.poll(() => groupsOf(page), patient).toEqual(["scaled", "lifted largest"]);
});

test("where it gets narrow every group has a row of its own again", async () => {
  for (const [line, name] of names) await clickName(page, line, name);
  await expect.poll(() => page.getByTestId("scope").count(), patient).toBe(8);
  const lefts = () =>
    page.locator(".dv-groupview").evaluateAll((groups) => groups.map((group) => group.getBoundingClientRect().left));
  const columns = async () => new Set((await lefts()).map(Math.round)).size;
  await expect.poll(columns, patient).toBe(2);
  await page.setViewportSize({ width: 950, height: 700 });
  await expect.poll(columns, patient).toBe(1);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(columns, patient).toBe(2);
});

test("the right button on a header offers the groups to move to", async () => {
  await clickName(page, 7, "ramp");
  await clickName(page, 18, "lifted");
  await waitForLive(page, "lifted");
  await scopeOf(page, "lifted").locator(".scope-header").click({ button: "right" });
  await page.getByRole("menuitemradio", { name: "Move to the group make()" }).click();
  await expect.poll(() => groupsOf(page), patient).toEqual(["ramp lifted"]);
});

test("the breadcrumb names the function of what is pointed at", async () => {
  const trail = () => page.getByRole("navigation", { name: "Place in the file" }).innerText();
  await (await nameOn(page, 18, "lifted")).hover();
  await expect.poll(trail, patient).toContain("offset()");
  await (await nameOn(page, 24, "span")).hover();
  await expect.poll(trail, patient).toContain("measure()");
  await page.keyboard.press("Escape");
  await page.mouse.move(900, 20);
  await clickName(page, 7, "ramp");
  await page.keyboard.press("ArrowDown");
  await expect.poll(trail, patient).toContain("make()");
});

test("a border that was dragged goes back with undo", async () => {
  await clickName(page, 7, "ramp");
  await clickName(page, 18, "lifted");
  await waitForLive(page, "lifted");
  const height = async () => Math.round((await scopeOf(page, "ramp").boundingBox())?.height ?? 0);
  const before = await height();
  const sash = await page.locator(".dv-sash.dv-enabled").first().boundingBox();
  if (sash === null) throw new Error("Cannot drag the border: it is not there");
  await page.mouse.move(sash.x + 200, sash.y + 3);
  await page.mouse.down();
  await page.mouse.move(sash.x + 200, sash.y + 103, { steps: 4 });
  await page.mouse.up();
  await expect.poll(height, patient).toBeGreaterThan(before + 80);
  await page.keyboard.press("Control+z");
  await expect.poll(height, patient).toBe(before);
});
