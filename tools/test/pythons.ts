/**
 * The CPythons of this machine that the agent is tested on: one for each minor version from 3.9 to 3.15 (and each free-threaded build),
 * from PYPROBE_PYTHONS, pyenv, PATH and the `py` launcher, in this order of preference.
 */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { NOT_RUN, runProcess } from "./run-process.ts";

export const OLDEST_MINOR = 9;
export const NEWEST_MINOR = 15;

export type Python = {
  /** `3.13`, or `3.13t` for a free-threaded build. */
  readonly tag: string;
  /** `3.13.0` */
  readonly version: string;
  /** How to start it: what was found, not what it resolves to (a wrapper may set things up). */
  readonly path: string;
};

const describe = `
import json, platform, sys, sysconfig
print(json.dumps({
    "implementation": platform.python_implementation(),
    "version": platform.python_version(),
    "minor": list(sys.version_info[:2]),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
}))
`;

type Description = {
  implementation: string;
  version: string;
  minor: [number, number];
  free_threaded: boolean;
};

/** Oldest first. */
export async function findPythons(): Promise<Python[]> {
  const paths = [...new Set([...listed(), ...pyenv(), ...onPath(), ...(await launcher())])];
  const found = await Promise.all(paths.map(probe));
  const byTag = new Map<string, Python>();
  for (const python of found) if (python !== undefined && !byTag.has(python.tag)) byTag.set(python.tag, python);
  return [...byTag.values()].sort((a, b) => minorOf(a) - minorOf(b) || a.tag.length - b.tag.length);
}

export function minorOf(python: Python): number {
  return Number.parseInt(python.tag.slice(2), 10);
}

async function probe(path: string): Promise<Python | undefined> {
  const { code, stdout } = await runProcess(path, ["-c", describe], { timeoutMs: 20_000 });
  if (code === NOT_RUN || code !== 0) return undefined;
  const found: Description = JSON.parse(stdout);
  const [major, minor] = found.minor;
  const isOurs = found.implementation === "CPython" && major === 3 && minor >= OLDEST_MINOR && minor <= NEWEST_MINOR;
  return isOurs ? { tag: `3.${minor}${found.free_threaded ? "t" : ""}`, version: found.version, path } : undefined;
}

function listed(): string[] {
  return (process.env.PYPROBE_PYTHONS ?? "").split(delimiter).filter((path) => path !== "");
}

/** Newest patch first, so that it is the one taken for its minor version. */
function pyenv(): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  if (!existsSync(versions)) return [];
  const byNumber = new Intl.Collator("en", { numeric: true });
  return readdirSync(versions)
    .sort((a, b) => byNumber.compare(b, a))
    .map((name) => join(versions, name, "bin", "python"))
    .filter((path) => existsSync(path));
}

function onPath(): string[] {
  const minors = Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, i) => OLDEST_MINOR + i);
  const names = [...minors.flatMap((minor) => [`python3.${minor}`, `python3.${minor}t`]), "python3", "python"];
  const suffix = process.platform === "win32" ? ".exe" : "";
  return names.flatMap((name) =>
    (process.env.PATH ?? "")
      .split(delimiter)
      .map((directory) => join(directory, name + suffix))
      .filter((path) => existsSync(path)),
  );
}

/** The Windows launcher knows what its installers installed. */
async function launcher(): Promise<string[]> {
  if (process.platform !== "win32") return [];
  const { stdout } = await runProcess("py", ["-0p"], { timeoutMs: 20_000 });
  return [...stdout.matchAll(/[A-Za-z]:\\.*\.exe/g)].map(([path]) => path);
}
