/** Finds npm without relying on a shell, runs it quietly, and says in one sentence why it failed. */
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { PreparationError } from "./terminal.mjs";

/** The path of `npm-cli.js`, to be run with a `node`; undefined when there is no npm. */
export function findNpm() {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    ...npmOnPath(),
  ];
  return candidates.find((path) => path?.endsWith("npm-cli.js") && existsSync(path));
}

function npmOnPath() {
  return (process.env.PATH ?? "").split(delimiter).flatMap((directory) => {
    if (process.platform === "win32") return [join(directory, "node_modules", "npm", "bin", "npm-cli.js")];
    const npm = join(directory, "npm");
    return existsSync(npm) ? [realpathSync(npm)] : [];
  });
}

/** What the failure of npm means to a person: the first pattern found in its output wins. */
const failures = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/,
    "the npm registry cannot be reached (check the network and npm's proxy settings, then run this again)",
  ],
  [
    /EACCES|EPERM|EROFS/,
    "there is no permission to write there (clone into a folder that belongs to you, then run this again)",
  ],
  [/ENOSPC/, "the disk is full (free some space, then run this again)"],
  [/E401|E403/, "the npm registry refuses access (check `npm config get registry` and its login, then run this again)"],
  [/ETARGET|E404/, "the npm registry does not have it (check `npm config get registry`)"],
  [
    /UNABLE_TO_|CERT_|SELF_SIGNED/,
    "the npm registry's certificate is not trusted (set NODE_EXTRA_CA_CERTS to your network's certificates, then run this again)",
  ],
  [
    /EUSAGE.*lock|can only install packages when/s,
    "package.json and package-lock.json disagree (run `npm install`, then run this again)",
  ],
];

/** Runs npm; `what` finishes the sentence "Cannot …" of a failure. */
export function runNpm({ node, npm, args, cwd, what }) {
  const flags = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--no-progress",
    "--fetch-retry-mintimeout=2000",
    "--fetch-retry-maxtimeout=10000",
  ];
  const child = spawn(node, [npm, ...args, ...flags], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => (output = (output + chunk).slice(-20_000)));
  return new Promise((resolve, reject) => {
    child.on("error", (error) =>
      reject(new PreparationError(`Cannot ${what}: npm cannot be started: ${error.message}`)),
    );
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new PreparationError(describeFailure(what, output)));
    });
  });
}

function describeFailure(what, output) {
  const reason = failures.find(([pattern]) => pattern.test(output))?.[1];
  if (reason !== undefined) return `Cannot ${what}: ${reason}`;
  return `Cannot ${what}: npm failed\n${output.trim()}`;
}
