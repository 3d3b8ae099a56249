/** Where Pythons may be for a program, best first. Looks at names and small files only; nothing is run. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, parse, resolve, sep } from "node:path";

export type Candidate = { readonly path: string; readonly origin: string };

export type SearchOptions = {
  /** What the user named: a path, a command on the PATH, or the folder of an environment. */
  readonly python?: string | undefined;
  /** The script, or the folder to run in. */
  readonly near: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  readonly platform?: NodeJS.Platform;
};

type Search = Required<Omit<SearchOptions, "python">>;

export function findCandidates(options: SearchOptions): Candidate[] {
  const search: Search = { env: process.env, home: homedir(), platform: process.platform, ...options };
  const candidates = [
    ...(options.python === undefined ? [] : [{ path: namedPython(options.python, search), origin: "--python" }]),
    ...environment(search.env.VIRTUAL_ENV, "active virtual environment", search),
    ...neighbours(search),
    ...environment(search.env.CONDA_PREFIX, "active conda environment", search),
    ...selectedPyenv(search),
    ...onPath(search),
    ...otherPyenv(search),
  ];
  return withoutRepeats(candidates);
}

/** `bin/python` of a virtual environment, also on Windows and in conda, where it stands elsewhere. */
export function pythonIn(folder: string, platform: NodeJS.Platform = process.platform): string | undefined {
  const places =
    platform === "win32"
      ? [["Scripts", "python.exe"], ["python.exe"]]
      : [
          ["bin", "python"],
          ["bin", "python3"],
        ];
  return places.map((parts) => join(folder, ...parts)).find((path) => existsSync(path));
}

function namedPython(named: string, search: Search): string {
  const isPath = named.includes("/") || named.includes(sep) || isAbsolute(named);
  if (!isPath && !existsSync(named)) return findOnPath([named], search)[0] ?? pyenvNamed(named, search) ?? named;
  const path = resolve(named);
  return isDirectory(path) ? (pythonIn(path, search.platform) ?? path) : path;
}

/** `python3.12`, which on the PATH would be a shim that only works where that version is selected. */
function pyenvNamed(named: string, search: Search): string | undefined {
  const root = pyenvRoot(search);
  const version = /^python(\d+(?:\.\d+)*)$/.exec(named)?.[1];
  const [match] = version === undefined ? [] : matchingVersions(root, version);
  return match === undefined ? undefined : pythonIn(join(root, "versions", match), search.platform);
}

function environment(folder: string | undefined, origin: string, search: Search): Candidate[] {
  if (folder === undefined || folder === "") return [];
  // An environment that is active but broken is shown, with its problem, rather than passed over.
  return [{ path: pythonIn(folder, search.platform) ?? join(folder, "bin", "python"), origin }];
}

/** `.venv` and `venv` beside the script, then in each folder above it. */
function neighbours({ near, platform }: Search): Candidate[] {
  const candidates: Candidate[] = [];
  const start = folderOf(near);
  for (const folder of upwards(start)) {
    for (const name of [".venv", "venv"]) {
      const path = pythonIn(join(folder, name), platform);
      const origin = folder === start ? `${name} beside the script` : `${name} in ${folder}`;
      if (path !== undefined) candidates.push({ path, origin });
    }
  }
  return candidates;
}

/** The pyenv version in force at the script: by the environment, a `.python-version` beside or above it, or globally. */
function selectedPyenv(search: Search): Candidate[] {
  const root = pyenvRoot(search);
  const fileName = (folder: string) => join(folder, ".python-version");
  const file = upwards(folderOf(search.near)).map(fileName).find(existsSync);
  const { PYENV_VERSION } = search.env;
  const [text, origin] =
    PYENV_VERSION !== undefined
      ? [PYENV_VERSION, "pyenv, by PYENV_VERSION"]
      : file !== undefined
        ? [readText(file), `pyenv, by ${file}`]
        : [readText(join(root, "version")), "pyenv global"];
  return text
    .split(/[\s:]+/)
    .filter((name) => name !== "" && name !== "system" && !name.includes(".."))
    .flatMap((name) => matchingVersions(root, name))
    .map((name) => pythonIn(join(root, "versions", name), search.platform))
    .filter((path) => path !== undefined)
    .map((path) => ({ path, origin }));
}

function otherPyenv(search: Search): Candidate[] {
  const root = pyenvRoot(search);
  return versionNames(root)
    .map((name) => ({ name, path: pythonIn(join(root, "versions", name), search.platform) }))
    .flatMap(({ name, path }) => (path === undefined ? [] : [{ path, origin: `pyenv ${name}` }]));
}

function onPath(search: Search): Candidate[] {
  const names = search.platform === "win32" ? ["python.exe", "python3.exe"] : ["python3", "python"];
  return (
    findOnPath(names, search)
      // The Microsoft Store's placeholder opens the Store instead of running anything.
      .filter((path) => !path.includes("WindowsApps"))
      .map((path) => ({ path, origin: "on the PATH" }))
  );
}

function findOnPath(names: readonly string[], search: Search): string[] {
  const { env, platform } = search;
  // Shims of pyenv are scripts that start one of its versions; those are found as themselves.
  const shims = join(pyenvRoot(search), "shims");
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter((folder) => folder !== "" && folder !== shims);
  const endings = platform === "win32" ? ["", ".exe"] : [""];
  return names
    .flatMap((name) => folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))))
    .filter((path) => existsSync(path) && !isDirectory(path));
}

function pyenvRoot({ env, home, platform }: Search): string {
  return env.PYENV_ROOT ?? (platform === "win32" ? join(home, ".pyenv", "pyenv-win") : join(home, ".pyenv"));
}

/** `3.11` in a `.python-version` means the newest 3.11 there is. */
function matchingVersions(root: string, name: string): string[] {
  const names = versionNames(root);
  if (names.includes(name)) return [name];
  const prefixed = names.find((candidate) => candidate.startsWith(`${name}.`));
  return prefixed === undefined ? [] : [prefixed];
}

function versionNames(root: string): string[] {
  try {
    const names = readdirSync(join(root, "versions"));
    return names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  } catch {
    return [];
  }
}

function upwards(folder: string): string[] {
  const { root } = parse(folder);
  const folders = [folder];
  for (let above = folder; above !== root; ) {
    above = dirname(above);
    folders.push(above);
  }
  return folders;
}

function folderOf(path: string): string {
  const absolute = resolve(path);
  return isDirectory(absolute) ? absolute : dirname(absolute);
}

/** What may not be looked at is none: whoever uses it learns why. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** One entry for each interpreter. A virtual environment's `python` is a link to its base, and yet another interpreter. */
function withoutRepeats(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ path }) => {
    const identity = identityOf(path);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

function identityOf(path: string): string {
  const folder = dirname(dirname(path));
  const environmentFolder = existsSync(join(folder, "pyvenv.cfg")) ? folder : "";
  try {
    return `${environmentFolder}:${realpathSync(path)}`;
  } catch {
    return path;
  }
}
