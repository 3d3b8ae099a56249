/**
 * Pipes for a program's output that do not break when the engine is killed. The program's end is open for reading, too, so that
 * there is always a reader: what it prints then fills the pipe, where the agent throws it away, instead of ending the program.
 * It is also a real pipe, as in a shell; what Node itself would give the program is a socket, which `/dev/stdout` cannot open.
 */
import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { runShortly } from "./short-process.ts";

export type OutputPipe = {
  readonly readable: Readable;
  /** For the program to inherit. `release` it when the program has it. */
  readonly programEnd: number;
  readonly release: () => void;
};

export type OutputPipes = { readonly stdout: OutputPipe; readonly stderr: OutputPipe };

/** Undefined where there are no such pipes (Windows), or no folder to make them in: ordinary ones have to do. */
export async function openOutputPipes(): Promise<OutputPipes | undefined> {
  if (process.platform === "win32") return undefined;
  for (const parent of new Set([tmpdir(), "/tmp", "/dev/shm"])) {
    const folder = await mkdtemp(join(parent, "pyprobe-pipes-")).catch(() => undefined);
    if (folder === undefined) continue;
    try {
      return await makePipes(folder);
    } catch {
      // No such pipes on that file system: the next one.
    } finally {
      // They live on by their descriptors, and nobody else can open them any more.
      await rm(folder, { recursive: true, force: true });
    }
  }
  return undefined;
}

async function makePipes(folder: string): Promise<OutputPipes> {
  const paths = [join(folder, "stdout"), join(folder, "stderr")] as const;
  await runShortly("mkfifo", ["-m", "600", ...paths]);
  return { stdout: openPipe(paths[0]), stderr: openPipe(paths[1]) };
}

function openPipe(path: string): OutputPipe {
  // In this order: a pipe without a reader cannot be opened for writing alone, and opening it for reading alone would wait.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const programEnd = openSync(path, constants.O_RDWR);
  return {
    readable: new Socket({ fd: readEnd, readable: true, writable: false }),
    programEnd,
    release: () => closeSync(programEnd),
  };
}
