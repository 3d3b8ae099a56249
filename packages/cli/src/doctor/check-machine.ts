/** What this machine gives the engine: Node, shared memory, a port, a browser. */
import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { findBrowserOpener } from "../browser.ts";
import type { Finding } from "./finding.ts";

const MB = 1024 * 1024;
/** What the rings of one target take, and a margin. */
const ENOUGH_SHARED_MEMORY = 256 * MB;

export function checkNode(): Finding {
  return { check: "Node", level: "ok", message: `${process.versions.node} at ${process.execPath}` };
}

/** Where captures go from the program to the engine. Without shared memory they go through files or the socket: slower, not wrong. */
export async function checkSharedMemory(): Promise<Finding> {
  const check = "shared memory";
  if (process.platform !== "linux") {
    return { check, level: "ok", message: `this system has no /dev/shm; files in ${tmpdir()} are used` };
  }
  const path = "/dev/shm";
  try {
    await access(path, constants.W_OK);
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const message = `${Math.floor(free / MB).toLocaleString("en-US")} MB free at ${path}`;
    if (free >= ENOUGH_SHARED_MEMORY) return { check, level: "ok", message };
    const next = "give it more, for example with `docker run --shm-size=1g`; until then files or the socket are used";
    return { check, level: "warning", message: `only ${message}`, next };
  } catch {
    const next = "mount a tmpfs there; until then files or the socket are used, which is slower";
    return { check, level: "warning", message: `${path} cannot be written`, next };
  }
}

export function checkPort(): Promise<Finding> {
  const check = "port";
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => {
      const next = "allow programs to listen on 127.0.0.1 (a firewall or sandbox forbids it)";
      resolve({ check, level: "problem", message: error.message, next });
    });
    server.listen(0, "127.0.0.1", () => {
      server.close(() => resolve({ check, level: "ok", message: "the page can be served on 127.0.0.1" }));
    });
  });
}

export function checkBrowser(): Finding {
  const check = "browser";
  const opener = findBrowserOpener();
  if (!("problem" in opener)) return { check, level: "ok", message: `addresses are opened with ${opener.file}` };
  const next =
    "open the address that `pyprobe run` prints in any browser, from another machine through `ssh -L PORT:127.0.0.1:PORT`";
  return { check, level: "warning", message: `none can be opened from here: ${opener.problem}`, next };
}
