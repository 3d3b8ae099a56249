/**
 * `npm start`: builds the page when its sources changed, and runs `pyprobe run` from the sources, with the demo when nothing is named.
 *
 *     npm start -- [options] path/to/script.py [args…]
 */
import { join } from "node:path";
import { namesProgram } from "../packages/cli/src/command-line.ts";
import { runMain } from "../packages/cli/src/main.ts";
import { buildPage } from "./bundle/page.ts";

const root = join(import.meta.dirname, "..");
const demo = join(root, "examples", "qpsk_receiver.py");

// stdout belongs to the program that is watched.
await buildPage(root, (line) => process.stderr.write(`${line}\n`));
const args = process.argv.slice(2);
process.argv.splice(2, args.length, "run", ...args, ...(namesProgram(args) ? [] : [demo]));
await runMain();
