/**
 * Takes the pictures of the README from the running product: `node tools/screenshots.ts`.
 *
 * The demo runs under the real command, the page is a real Chromium's, and the names are clicked as a person would.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { serveProgram, startBrowser } from "../e2e/harness/browser.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "docs", "images");

type Picture = {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly scheme: "dark" | "light";
};

const pictures: readonly Picture[] = [
  { name: "receiver-dark", width: 1440, height: 900, scheme: "dark" },
  { name: "receiver-light", width: 1440, height: 900, scheme: "light" },
  { name: "receiver-narrow", width: 900, height: 700, scheme: "dark" },
];

/** The names to click: what the line says, and which word of it. */
const clicks: readonly { line: string; word: string }[] = [
  { line: "strobes = recover_timing(", word: "strobes" },
  { line: "symbols = recover_carrier(", word: "symbols" },
  { line: "spectrum = power_spectrum(", word: "spectrum" },
  { line: "decided, evm_db, crossness = decide(", word: "evm_db" },
];

async function take({ name, width, height, scheme }: Picture): Promise<void> {
  const program = await serveProgram([join(root, "examples", "qpsk_receiver.py")], { cwd: root });
  const browser = await startBrowser({ width, height, colorScheme: scheme });
  try {
    const page = await browser.open(program.address);
    await page.locator(".cm-line").first().waitFor();
    for (const click of clicks) await clickName(page, click);
    // Out of the way: the last name would show its tooltip.
    await page.mouse.move(width / 2, height - 4);
    await page.locator(".cm-scroller").evaluate((element) => element.scrollTo({ left: 0 }));
    // The receiver says when it has lost the signal, under a bridge, and when it has locked again: then histories have a shape.
    await program.waitFor(/lost\s.*locked/s);
    await sleep(2_500);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    if (browser.errors.length > 0) throw new Error(`The page has errors:\n${browser.errors.join("\n")}`);
    process.stdout.write(`docs/images/${name}.png\n`);
  } finally {
    await browser.close();
    program.child.kill("SIGINT");
    program.child.kill("SIGINT");
    await program.ended;
  }
}

/** Only the lines near the visible ones exist in the page: scrolls until the line is there. */
async function clickName(page: Page, { line, word }: { line: string; word: string }): Promise<void> {
  const target = page.locator(".cm-line", { hasText: line }).first();
  for (let tries = 0; tries < 40 && (await target.count()) === 0; tries += 1) {
    await page.locator(".cm-scroller").hover();
    await page.mouse.wheel(0, 300);
    await page.waitForTimeout(100);
  }
  await target.scrollIntoViewIfNeeded();
  const box = await target.evaluate((element, name) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = node.textContent?.indexOf(name) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + name.length);
      const { x, y, width: wide, height: high } = range.getBoundingClientRect();
      return { x: x + wide / 2, y: y + high / 2 };
    }
    return null;
  }, word);
  if (box === null) throw new Error(`Cannot click ${word}: it is not in the line "${line}"`);
  await page.mouse.move(box.x, box.y);
  await page.mouse.click(box.x, box.y);
}

mkdirSync(folder, { recursive: true });
const chosen = process.argv.slice(2);
for (const picture of pictures) if (chosen.length === 0 || chosen.includes(picture.name)) await take(picture);
