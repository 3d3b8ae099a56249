/**
 * A private environment for each Python, in `.tools/venvs/<tag>`, with what the tests need. Made once: a note in it says of what, and
 * an environment whose note still fits is used as it is, without the network.
 */
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Python } from "./pythons.ts";
import { runProcess } from "./run-process.ts";

export type PythonEnvironment = {
  readonly python: Python;
  /** The interpreter to start, with the packages on its path. */
  readonly path: string;
  /** Why numpy is not there, where there is none for this Python. */
  readonly withoutNumpy: string | undefined;
  /** Why the libraries whose arrays are shown are not there, where they should be. */
  readonly withoutLibraries: string | undefined;
};

export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

const required = ["pytest", "hypothesis"] as const;
/**
 * Libraries whose values are shown by what is inside of them, in the environment of one Python: that is enough to meet them, and they
 * are large. torch and jax, which take gigabytes, are left to whoever has them: their tests skip with the reason.
 */
const libraries: Readonly<Record<string, string>> = {
  pandas: "pandas==3.1.1",
  polars: "polars==2.1.0",
  xarray: "xarray==2026.9.0",
  PIL: "pillow==13.0.0",
};
const LIBRARIES_TAG = "3.13";
const INSTALL_TIMEOUT_MS = 15 * 60_000;
const note = "pyprobe-environment.json";

type Note = {
  readonly python: string;
  readonly version: string;
  readonly packages: readonly string[];
  readonly withoutNumpy?: string;
  readonly libraries?: readonly string[];
  readonly withoutLibraries?: string;
};

export type EnvironmentOptions = {
  readonly directory: string;
  /** The other Pythons: one of them may lend its pip. */
  readonly all: readonly Python[];
  /** Without it: what the tests need. */
  readonly packages?: readonly string[];
  readonly numpy?: boolean;
  /** Told before something takes long. */
  readonly say?: (line: string) => void;
};

/** Throws `EnvironmentError`. */
export async function preparePythonEnvironment(
  python: Python,
  options: EnvironmentOptions,
): Promise<PythonEnvironment> {
  const { all, packages = required, numpy = true } = options;
  const directory = join(options.directory, python.tag);
  const path = join(directory, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
  const found = readNote(directory);
  const wanted = numpy && python.tag === LIBRARIES_TAG ? Object.values(libraries) : [];
  if (found !== undefined && existsSync(path) && isFor(found, python, packages, wanted)) {
    return { python, path, withoutNumpy: found.withoutNumpy, withoutLibraries: found.withoutLibraries };
  }
  options.say?.(`Preparing an environment for Python ${python.version} …`);
  if (!(await imports(path, numpy ? [...packages, "numpy"] : packages))) {
    await make(python, directory, path, all);
  }
  await install(python, path, packages, all);
  const withoutNumpy = numpy ? await installNumpy(python, path, all) : undefined;
  const withoutLibraries = wanted.length > 0 ? await installLibraries(python, path, all) : undefined;
  const written: Note = {
    python: python.path,
    version: python.version,
    packages,
    ...(withoutNumpy === undefined ? {} : { withoutNumpy }),
    ...(wanted.length === 0 ? {} : { libraries: wanted }),
    ...(withoutLibraries === undefined ? {} : { withoutLibraries }),
  };
  await writeFile(join(directory, note), `${JSON.stringify(written, null, 2)}\n`);
  return { python, path, withoutNumpy, withoutLibraries };
}

function readNote(directory: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, note), "utf8"));
  } catch {
    return undefined;
  }
}

function isFor(found: Note, python: Python, packages: readonly string[], wanted: readonly string[]): boolean {
  return (
    found.python === python.path &&
    found.version === python.version &&
    packages.every((name) => found.packages.includes(name)) &&
    wanted.every((name) => found.libraries?.includes(name))
  );
}

async function imports(path: string, packages: readonly string[]): Promise<boolean> {
  if (!existsSync(path)) return false;
  const modules = packages.filter((name) => !name.includes("-")).join(", ");
  return (await runProcess(path, ["-c", `import ${modules}`], { timeoutMs: 60_000 })).code === 0;
}

/** A virtual environment; where this Python cannot make one that works, a folder of packages and a small program in front of it. */
async function make(python: Python, directory: string, path: string, all: readonly Python[]): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  for (const flags of [[], ["--without-pip"]]) {
    const made = await runProcess(python.path, ["-m", "venv", ...flags, directory], { timeoutMs: 300_000 });
    const isUsable =
      made.code === 0 && (await runProcess(path, ["-c", "import ssl"], { timeoutMs: 60_000 })).code === 0;
    if (isUsable) return;
    await rm(directory, { recursive: true, force: true });
  }
  if (process.platform === "win32" || !(await hasPip(python, all))) {
    throw new EnvironmentError(
      `Cannot make a test environment for Python ${python.version} at ${python.path}: it has neither venv nor pip ` +
        `(on Debian: apt-get install python3-venv)`,
    );
  }
  await mkdir(join(directory, "bin"), { recursive: true });
  await mkdir(siteOf(path), { recursive: true });
  const text = `#!/bin/sh\nPYTHONPATH='${siteOf(path)}'\${PYTHONPATH:+:$PYTHONPATH} exec '${python.path}' "$@"\n`;
  await writeFile(path, text);
  await chmod(path, 0o755);
}

function siteOf(path: string): string {
  return join(path, "..", "..", "site");
}

async function install(
  python: Python,
  path: string,
  packages: readonly string[],
  all: readonly Python[],
): Promise<void> {
  if (await imports(path, packages)) return;
  const failure = await pipInstall(python, path, packages, all);
  if (failure === undefined) return;
  throw new EnvironmentError(
    `Cannot install ${packages.join(", ")} for Python ${python.version}: ${failure} (check the network and pip's index, then run this again)`,
  );
}

/** Nobody waits for numpy to be compiled: where there is no wheel, the tests that want it are skipped and say so. */
async function installNumpy(python: Python, path: string, all: readonly Python[]): Promise<string | undefined> {
  if (await imports(path, ["numpy"])) return undefined;
  const failure = await pipInstall(python, path, ["--only-binary", ":all:", "numpy"], all);
  return failure === undefined ? undefined : `there is no numpy for Python ${python.version}: ${failure}`;
}

async function installLibraries(python: Python, path: string, all: readonly Python[]): Promise<string | undefined> {
  const failure = await pipInstall(python, path, ["--only-binary", ":all:", ...Object.values(libraries)], all);
  if (failure !== undefined) return `there are no libraries for Python ${python.version}: ${failure}`;
  return (await imports(path, Object.keys(libraries))) ? undefined : "the libraries cannot be imported";
}

/** `undefined` when it worked, else the last line that the last pip wrote. */
async function pipInstall(
  python: Python,
  path: string,
  what: readonly string[],
  all: readonly Python[],
): Promise<string | undefined> {
  const target = existsSync(siteOf(path)) ? ["--target", siteOf(path)] : [];
  let failure = "there is no pip";
  for (const pip of pipsFor(python, path, all)) {
    if (!(await works(pip))) continue;
    const [file = path, ...args] = [...pip, "install", "--quiet", ...target, ...what];
    const { code, stderr } = await runProcess(file, args, { timeoutMs: INSTALL_TIMEOUT_MS });
    if (code === 0) return undefined;
    failure = stderr.trim().split("\n").at(-1) ?? "pip failed";
  }
  return failure;
}

/**
 * Its own pip; a pip that stands beside it, as some distributions have it; or the pip of another Python: 22.3 and later can install
 * for any interpreter, but not always for one that is newer than they are.
 */
function pipsFor(python: Python, path: string, all: readonly Python[]): readonly (readonly string[])[] {
  return [
    [path, "-m", "pip"],
    [join(dirname(python.path), `pip${python.tag}`), "--python", path],
    ...[...all].reverse().map((other) => [other.path, "-m", "pip", "--python", path]),
  ];
}

async function hasPip(python: Python, all: readonly Python[]): Promise<boolean> {
  for (const pip of pipsFor(python, python.path, all)) if (await works(pip)) return true;
  return false;
}

async function works(command: readonly string[]): Promise<boolean> {
  const [file, ...args] = command;
  if (file === undefined) return false;
  return (await runProcess(file, [...args, "--version"], { timeoutMs: 60_000 })).code === 0;
}
