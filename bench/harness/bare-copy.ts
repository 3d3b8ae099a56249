/**
 * What the machine itself can do with the bytes of large arrays: a program copies them into shared memory, this process reads them into a
 * block of memory as large as a capture log. No probe, no record, no picture.
 */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { programsFolder } from "./program.ts";

const ARRAY_BYTES = 8_000_000;
/** As many as the ring of a program holds. */
const SLOTS = 16;
const LOG_BYTES = 512 * 1024 ** 2;

/** Arrays a second, after the memory of both sides has been touched once. */
export async function copyAndRead(python: string, arrays: number): Promise<number> {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "pyprobe-bench-"));
  const file = join(folder, "arrays");
  writeFileSync(file, "");
  const child = spawn(python, [join(programsFolder, "bare_copy.py"), file, String(SLOTS)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    // A credit for each slot: the program never writes where this has not read.
    child.stdin.write("\n".repeat(SLOTS));
    const places = createInterface(child.stdout)[Symbol.asyncIterator]();
    const log = new Uint8Array(new SharedArrayBuffer(LOG_BYTES));
    const warmUp = Math.ceil(LOG_BYTES / ARRAY_BYTES);
    let startedMs = 0;
    let end = 0;
    const next = async () => Number((await places.next()).value);
    let place = await next();
    const reading = openSync(file, "r");
    for (let count = 0; count < warmUp + arrays; count += 1) {
      if (count === warmUp) startedMs = performance.now();
      if (end + ARRAY_BYTES > LOG_BYTES) end = 0;
      readSync(reading, log, end, ARRAY_BYTES, place);
      end += ARRAY_BYTES;
      child.stdin.write("\n");
      place = await next();
    }
    closeSync(reading);
    return arrays / ((performance.now() - startedMs) / 1000);
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
