/**
 * The private directories of one engine: for its socket and, in shared memory where there is some, for the rings of its
 * targets. Their names carry the engine's pid, so that the next engine can clear away what a killed one left behind.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, type Stats } from "node:fs";
import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "pyprobe";
const SHARED_MEMORY = "/dev/shm";

export class RuntimeDirectory {
  /** The directory that the engine's own directory is made in. */
  readonly parent: string;
  #path: Promise<string> | undefined;

  constructor(parent: string) {
    this.parent = parent;
  }

  /** Made with the first call, 0700. */
  make(): Promise<string> {
    this.#path ??= makePrivate(
      join(this.parent, `${PREFIX}-${userName()}-${process.pid}-${randomBytes(4).toString("hex")}`),
    );
    return this.#path;
  }

  async dispose(): Promise<void> {
    const path = await this.#path?.catch(() => undefined);
    if (path !== undefined) await rm(path, { recursive: true, force: true });
  }
}

/** For sockets: paths of sockets have to be short, so not the user's own temporary directory where that is a long one. */
export function socketDirectory(): RuntimeDirectory {
  const candidates = [process.env.XDG_RUNTIME_DIR, tmpdir(), "/tmp"];
  const fits = candidates.find((path) => path !== undefined && path.length <= 60 && existsSync(path));
  return new RuntimeDirectory(fits ?? tmpdir());
}

/** Removes the directories that engines of this user left behind when they were killed. Returns the paths. */
export async function clearStale(parents: readonly string[] = staleParents()): Promise<string[]> {
  const removed: string[] = [];
  const pattern = new RegExp(`^${PREFIX}-${userName()}-(\\d+)-[0-9a-f]{8}$`);
  for (const parent of new Set(parents)) {
    const names = await readdir(parent).catch(() => []);
    for (const name of names) {
      const pid = Number(pattern.exec(name)?.[1] ?? Number.NaN);
      const path = join(parent, name);
      if (Number.isNaN(pid) || isAlive(pid) || !(await isOurs(path))) continue;
      await rm(path, { recursive: true, force: true }).then(
        () => removed.push(path),
        () => undefined,
      );
    }
  }
  return removed;
}

function staleParents(): string[] {
  return [process.env.XDG_RUNTIME_DIR, tmpdir(), "/tmp", SHARED_MEMORY].filter((path) => path !== undefined);
}

async function makePrivate(path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 });
  // The mode given to mkdir is cut by the umask; this one is not.
  await chmod(path, 0o700);
  return path;
}

async function isOurs(path: string): Promise<boolean> {
  const stats: Stats | undefined = await lstat(path).catch(() => undefined);
  return stats?.isDirectory() === true && (process.getuid === undefined || stats.uid === process.getuid());
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Alive, and not only an entry that its parent has not asked for yet. */
export function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !["Z", "X"].includes(stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "");
  } catch {
    return false;
  }
}

function userName(): string {
  return String(process.getuid?.() ?? "user");
}
