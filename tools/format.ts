/** `npm run format`: puts TypeScript and Python sources into their one shape. */
import { join } from "node:path";
import { biomeFormat } from "./check/biome.ts";
import { ruffFormat } from "./check/python.ts";
import { say } from "./check/step.ts";

const root = join(import.meta.dirname, "..");
const results = [await biomeFormat(root), await ruffFormat(root)];
for (const { output } of results) if (output.trim() !== "") say(output.trimEnd());
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
