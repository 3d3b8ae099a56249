/** Texts that were right once, in `e2e/golden/`. A missing one fails; `npm test -- e2e --update` writes them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";

const folder = join(import.meta.dirname, "..", "golden");

/** `name` without the ending; a slash makes a folder. */
export function expectGolden(name: string, text: string): void {
  const path = join(folder, `${name}.txt`);
  if (process.env.PYPROBE_UPDATE_GOLDEN === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  if (!existsSync(path)) {
    expect.fail(`There is no golden text ${name}. If this is right, run: npm test -- e2e --update\n\n${text}`);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}
