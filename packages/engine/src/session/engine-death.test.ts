/** What becomes of a program when its engine is killed: it runs on, and the next engine clears away what was left. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { skipWhen } from "../../test/skip.ts";
import { clearStale, isAlive } from "../agent/runtime-directory.ts";

const engineFile = fileURLToPath(new URL("../../test/engine-process.ts", import.meta.url));

test("a program runs on when its engine is killed, also one that prints", async (context) => {
  skipWhen(context, process.platform !== "linux", "it looks for what is left in /dev/shm");
  const folder = await mkdtemp(join(tmpdir(), "death-"));
  const progressFile = join(folder, "progress");
  const arguments_ = [engineFile, "print_and_count.py", "8:number", progressFile];
  const engine = spawn(process.execPath, arguments_, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: folder },
  });
  let pid = 0;
  try {
    const [line] = await once(createInterface(engine.stdout), "line");
    const { pid: target, rings } = JSON.parse(line) as { pid: number; rings: string[] };
    pid = target;
    expect(rings.length).toBe(2);
    engine.kill("SIGKILL");
    await once(engine, "exit");
    const progress = () => Number(readFileSync(progressFile, "utf8") || "0");
    const before = progress();
    for (let tries = 0; progress() < before + 1500 && tries < 600; tries += 1) await delay(20);
    expect(progress()).toBeGreaterThan(before + 1000);
    expect(isAlive(pid)).toBe(true);
    await clearStale();
    const left = (await readdir("/dev/shm")).filter((name) => name.includes(`-${engine.pid}-`));
    expect(left).toEqual([]);
  } finally {
    if (pid > 0) process.kill(pid, "SIGKILL");
    await rm(folder, { recursive: true });
  }
});
