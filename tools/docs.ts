/** `npm run docs`: writes the pages that are made from the sources. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderApiPage } from "./docs/api-page.ts";

const root = join(import.meta.dirname, "..");
writeFileSync(join(root, "docs", "api.md"), renderApiPage(root));
console.log("docs/api.md is written");
