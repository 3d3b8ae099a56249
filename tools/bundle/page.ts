/** Builds the page into `packages/ui/dist`, when something it is made of has changed since. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assetsOf, modulesOf } from "./modules.ts";

/** What goes into the page: the packages that it may import, and what decides how it is bundled. */
const inputs = [
  "packages/base/src",
  "packages/protocol/src",
  "packages/plot/src",
  "packages/lens/src",
  "packages/ui",
  "package-lock.json",
] as const;
const leftOut = new Set(["dist", "node_modules"]);

/** About the last build. It does not lie beside the page, because everything there is served. */
type BuildNote = {
  readonly fingerprint: string;
  readonly modules: readonly string[];
  readonly assets?: readonly string[];
};

/** Throws what Vite throws; its messages name file and line. */
export async function buildPage(root: string, say: (line: string) => void): Promise<void> {
  const fingerprint = fingerprintOf(root);
  const isThere = existsSync(join(root, "packages", "ui", "dist", "index.html"));
  if (isThere && readNote(root)?.fingerprint === fingerprint) return;
  const startedMs = Date.now();
  say("Building the page …");
  const { build } = await import("vite");
  const uiRoot = join(root, "packages", "ui");
  const output = await build({
    root: uiRoot,
    configFile: join(uiRoot, "vite.config.ts"),
    logLevel: "error",
    build: { emptyOutDir: false },
  });
  const note: BuildNote = { fingerprint, modules: modulesOf(output), assets: assetsOf(output) };
  // An engine may serve it meanwhile: a page whose index is that of the build before still finds what that names.
  removeOthers(join(uiRoot, "dist", "assets"), [...pageAssets(root), ...(note.assets ?? [])]);
  mkdirSync(dirname(notePath(root)), { recursive: true });
  writeFileSync(notePath(root), JSON.stringify(note));
  say(`Building the page: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}

/** Paths of the modules that the built page is made of. */
export function pageModules(root: string): readonly string[] {
  return readNote(root)?.modules ?? [];
}

/** Names of the assets of the last build; those of the one before may lie beside them. */
export function pageAssets(root: string): readonly string[] {
  return readNote(root)?.assets ?? [];
}

function removeOthers(folder: string, kept: readonly string[]): void {
  for (const name of readdirSync(folder)) if (!kept.includes(name)) rmSync(join(folder, name), { force: true });
}

/** Names, sizes and times of change: reading them takes milliseconds, and no editor leaves all three as they were. */
function fingerprintOf(root: string): string {
  const hash = createHash("sha256");
  for (const input of inputs) addTo(hash, join(root, input));
  return hash.digest("hex");
}

function addTo(hash: ReturnType<typeof createHash>, path: string): void {
  const stats = statSync(path);
  if (!stats.isDirectory()) {
    hash.update(`${path} ${stats.size} ${stats.mtimeMs}\n`);
    return;
  }
  for (const name of readdirSync(path).sort()) if (!leftOut.has(name)) addTo(hash, join(path, name));
}

function readNote(root: string): BuildNote | undefined {
  try {
    return JSON.parse(readFileSync(notePath(root), "utf8"));
  } catch {
    return undefined;
  }
}

function notePath(root: string): string {
  return join(root, ".tools", "page-build.json");
}
