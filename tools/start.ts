/**
 * `npm start`: builds the page when one is wanted and its sources changed, and runs `pyprobe run` from the sources, with the demo when
 * nothing is named.
 *
 *     npm start -- [options] path/to/script.py [args…]
 */
import { join } from "node:path";
import { glanceAtRun } from "../packages/cli/src/command-line.ts";
import { runMain } from "../packages/cli/src/main.ts";
import { buildPage } from "./bundle/page.ts";

const root = join(import.meta.dirname, "..");
const demo = join(root, "examples", "qpsk_receiver.py");

// stdout belongs to the program that is watched.
const say = (line: string) => void process.stderr.write(`${line}\n`);

const unwritable: ReadonlyMap<string, string> = new Map([
  ["EACCES", "you may not write there"],
  ["EPERM", "you may not write there"],
  ["EROFS", "it cannot be written to"],
  ["ENOSPC", "the disk is full"],
]);

/** Whether there is one now. */
async function preparePage(): Promise<boolean> {
  try {
    await buildPage(root, say);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const reason = unwritable.get(code);
    if (reason === undefined) throw error;
    say(`Cannot build the page in ${root}: ${reason} (see to that, or run with --headless)`);
    return false;
  }
}

const args = process.argv.slice(2);
const { namesProgram, isHeadless } = glanceAtRun(args);
if (isHeadless || (await preparePage())) {
  process.argv.splice(2, args.length, "run", ...args, ...(namesProgram ? [] : [demo]));
  await runMain();
} else {
  process.exitCode = 2;
}
