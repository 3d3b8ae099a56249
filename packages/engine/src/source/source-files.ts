/** Which files of a program may be looked at, and which there are. */
import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import type { SourceOwner } from "./source-owner.ts";

const MAX_FILES = 500;
const MAX_FOLDERS = 300;
const MAX_DEPTH = 6;
const SKIPPED_FOLDERS = new Set(["__pycache__", "node_modules", "site-packages", "dist", "build"]);

/** The main file first, then what its folder holds, then what was seen elsewhere. Bounded; nearer files come first. */
export async function listFiles(owner: SourceOwner): Promise<string[]> {
  if (owner.storedSources !== undefined) return [...owner.storedSources.keys()];
  const { mainFile } = owner.info;
  const files = new Set(mainFile === null ? [] : [mainFile]);
  for (const file of await pythonFilesIn(rootOf(owner))) files.add(file);
  for (const file of owner.tracedFiles) if (isPython(file) && existsSync(file)) files.add(file);
  return [...files].slice(0, MAX_FILES);
}

/** Only Python sources, and of those only the program's: its main file, its folder, what tracebacks and probes name. */
export function isAllowed(owner: SourceOwner, file: string): boolean {
  if (owner.storedSources !== undefined) return owner.storedSources.has(file);
  const path = resolve(file);
  if (path === owner.info.mainFile) return true;
  if (!isPython(path)) return false;
  return owner.tracedFiles.has(path) || owner.tracedFiles.has(file) || isInside(rootOf(owner), path);
}

export function isPython(file: string): boolean {
  return [".py", ".pyw", ".pyi"].includes(extname(file).toLowerCase());
}

function rootOf({ info }: SourceOwner): string {
  return info.mainFile === null ? info.cwd : dirname(info.mainFile);
}

function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== "" && !path.startsWith(`..${sep}`) && path !== ".." && resolve(folder, path) === file;
}

/** Breadth first, so that a huge tree gives what is nearest. */
async function pythonFilesIn(root: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [{ path: root, depth: 0 }];
  for (let visited = 0; visited < MAX_FOLDERS && files.length < MAX_FILES; visited += 1) {
    const folder = folders[visited];
    if (folder === undefined) break;
    const entries = await readdir(folder.path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
      const path = join(folder.path, entry.name);
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory() && folder.depth < MAX_DEPTH && !isForeign(entry.name, path)) {
        folders.push({ path, depth: folder.depth + 1 });
      } else if (isPython(entry.name) && isFile(path)) files.push(path);
    }
  }
  return files;
}

/** Packages and environments that are not the user's own code. */
function isForeign(name: string, path: string): boolean {
  return SKIPPED_FOLDERS.has(name) || existsSync(join(path, "pyvenv.cfg"));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
