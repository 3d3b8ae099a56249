/** The npm packages of the repository: installed with `npm ci` when what is there differs from the lock file, else left alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runNpm } from "./npm.mjs";
import { PreparationError, withProgress } from "./terminal.mjs";

export async function installPackages(root, { node, npm }) {
  if (arePackagesCurrent(root)) return;
  const what = `install the npm packages into ${join(root, "node_modules")}`;
  if (npm === undefined)
    throw new PreparationError(`Cannot ${what}: there is no npm beside this Node (install npm, then run this again)`);
  await withProgress("Installing npm packages", () => runNpm({ node, npm, cwd: root, what, args: ["ci"] }));
}

/** npm keeps a lock file of what it installed, written last; it is compared with the one of the repository. */
function arePackagesCurrent(root) {
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    if (found === undefined) return entry.optional === true && !isForThisPlatform(entry);
    return entry.link === true || (found.version === entry.version && found.integrity === entry.integrity);
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Of packages for one C library npm installs those of this machine; which one that is it knows better, so they are not demanded here. */
function isForThisPlatform({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  return libc === undefined && (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true);
}
