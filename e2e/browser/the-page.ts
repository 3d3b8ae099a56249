/** The page as a person has it in hand: names to point at, scopes to look at. */
import type { Locator, Page } from "playwright-core";

/** For `expect.poll`: as long as a busy machine may take. */
export const patient = { timeout: 20_000 };

/** One occurrence of a name in the code: the `nth` (from 0) on its line. */
export async function nameOn(page: Page, line: number, name: string, nth = 0): Promise<Locator> {
  await page.getByTestId("code").waitFor();
  const row = page.locator(".cm-line").nth(line - 1);
  const names = row.locator(".cm-probeable, .cm-watched").filter({ hasText: new RegExp(`^${escaped(name)}$`) });
  const found = names.nth(nth);
  await found.waitFor();
  return found;
}

export async function clickName(page: Page, line: number, name: string): Promise<void> {
  await (await nameOn(page, line, name)).click();
}

/** The middle of the first such text on a line, in pixels of the window: for texts that are no elements of their own. */
export async function placeOf(page: Page, line: number, text: string): Promise<[x: number, y: number]> {
  return page
    .locator(".cm-line")
    .nth(line - 1)
    .evaluate((row, wanted) => {
      const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.nodeValue?.indexOf(wanted) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { left, top, width, height } = range.getBoundingClientRect();
        return [left + width / 2, top + height / 2] as [number, number];
      }
      throw new Error(`Cannot find "${wanted}" on the line`);
    }, text);
}

/** The scope of a name, once it is there. */
export function scopeOf(page: Page, symbol: string): Locator {
  return page.locator(`[data-testid="scope"][data-symbol="${symbol}"]`);
}

export async function waitForLive(page: Page, symbol: string): Promise<Locator> {
  const scope = scopeOf(page, symbol);
  await page
    .locator(`[data-testid="scope"][data-symbol="${symbol}"]:is([data-state="live"], [data-state="throttled"])`)
    .waitFor();
  return scope;
}

/** What is drawn on a scope: for each pixel column that has pixels of the series, their mean height, 0 at the bottom and 1 at the top. */
export type Trace = readonly { readonly x: number; readonly height: number }[];

/** Waits until the canvas shows something in the colour of the series, or of what within the scope has `seriesClass`. */
export async function traceOf(scope: Locator, seriesClass: string | null = null): Promise<Trace> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const trace = await scope.evaluate(readTrace, seriesClass);
    if (trace.length > 50) return trace;
    if (Date.now() > deadline) throw new Error(`Cannot see a series: ${trace.length} columns have its colour`);
    await scope.page().waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
  }
}

function readTrace(scope: Element, seriesClass: string | null): Trace {
  const canvas = scope.querySelector("canvas");
  const context = canvas?.getContext("2d");
  const series = seriesClass === null ? scope : scope.querySelector(`.${seriesClass}`);
  if (series === null) return [];
  const color = getComputedStyle(series).getPropertyValue("--series").trim();
  if (!canvas || !context || canvas.width === 0) return [];
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  const trace: { x: number; height: number }[] = [];
  for (let x = 0; x < width; x += 1) {
    let sum = 0;
    let count = 0;
    for (let y = 0; y < height; y += 1) {
      const at = (y * width + x) * 4;
      const distance =
        Math.abs((data[at] ?? 0) - red) + Math.abs((data[at + 1] ?? 0) - green) + Math.abs((data[at + 2] ?? 0) - blue);
      if (distance > 60 || (data[at + 3] ?? 0) < 200) continue;
      sum += y;
      count += 1;
    }
    if (count > 0) trace.push({ x, height: 1 - sum / count / height });
  }
  return trace;
}

/** Mean height of the first and of the last tenth of a trace. */
export function ends(trace: Trace): { readonly first: number; readonly last: number } {
  const tenth = Math.max(1, Math.floor(trace.length / 10));
  const mean = (part: Trace) => part.reduce((sum, { height }) => sum + height, 0) / part.length;
  return { first: mean(trace.slice(0, tenth)), last: mean(trace.slice(-tenth)) };
}

/** The capture that a scope shows, as a number. */
export async function captureOf(scope: Locator): Promise<number> {
  const text = await scope.getByTestId("scope-capture").innerText();
  return Number(text.replaceAll(/\D/g, ""));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
