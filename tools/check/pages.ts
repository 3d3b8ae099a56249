/** The pages that are made from the sources say what the sources say now. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generatedPages } from "../docs/pages.ts";
import type { CheckResult } from "./step.ts";

export function pagesCheck(root: string): CheckResult {
  const stale = generatedPages(root).filter(({ path, text }) => readFileSync(join(root, path), "utf8") !== text);
  return {
    ok: stale.length === 0,
    output: stale.map(({ path }) => `${path} is older than what it is made from (npm run docs)\n`).join(""),
  };
}
