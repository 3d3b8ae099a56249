/** Where the rings of new targets are made, and how large they are: as the space in shared memory allows. */
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Welcome } from "@pyprobe/protocol";
import { RuntimeDirectory } from "./runtime-directory.ts";

const MIB = 1024 ** 2;

/** Largest first. A records ring is taken from the file system at once, a bulk ring as it is used. */
const sizes = [
  { slots: 2 ** 17, bulkBytes: 128 * MIB },
  { slots: 2 ** 16, bulkBytes: 32 * MIB },
  { slots: 2 ** 14, bulkBytes: 8 * MIB },
] as const;
/** How many targets of one size have to fit before that size is given. */
const FITTING_TARGETS = 2;

export class RingSpace {
  readonly #parents: readonly string[];
  readonly #directories = new Map<string, RuntimeDirectory>();

  /** `parents`: folders to make rings in, best first. */
  constructor(parents: readonly string[] = defaultParents()) {
    this.#parents = parents;
  }

  /** What a new target's `welcome` says about rings; null when there is no room anywhere: captures then come as packets. */
  async offer(): Promise<Welcome["rings"]> {
    for (const parent of this.#parents) {
      const freeBytes = await freeBytesOf(parent);
      const size = sizes.find(({ slots, bulkBytes }) => FITTING_TARGETS * (slots * 64 + bulkBytes) <= freeBytes);
      if (size === undefined) continue;
      try {
        return { directory: await this.#directory(parent).make(), ...size };
      } catch {
        // Not writable: the next one.
      }
    }
    return null;
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#directories.values()].map((directory) => directory.dispose()));
  }

  #directory(parent: string): RuntimeDirectory {
    let directory = this.#directories.get(parent);
    if (directory === undefined) {
      directory = new RuntimeDirectory(parent);
      this.#directories.set(parent, directory);
    }
    return directory;
  }
}

/** Shared memory, where there is some; else files that are mapped, in the temporary folder. */
function defaultParents(): string[] {
  return process.platform === "linux" ? ["/dev/shm", tmpdir()] : [tmpdir()];
}

async function freeBytesOf(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
