/** `npm run docs`: writes the pages that are made from the sources. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generatedPages } from "./docs/pages.ts";

const root = join(import.meta.dirname, "..");
for (const { path, text } of generatedPages(root)) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path} is written\n`);
}
