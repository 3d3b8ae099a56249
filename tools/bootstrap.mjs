/**
 * Runs a task of this repository: `node tools/bootstrap.mjs <task> [arguments…]`.
 *
 * Plain JavaScript, because it is what any Node 18 or later can run: it sees to a Node that is new enough for everything else and to the
 * npm packages, and then hands over to the task's TypeScript. A second run finds all of it in place and touches no network.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findOrInstallNode } from "./bootstrap/node.mjs";
import { installPackages } from "./bootstrap/packages.mjs";
import { PreparationError, say } from "./bootstrap/terminal.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 18;

const tasks = {
  start: "starting",
  test: "testing",
  ok: "checking everything",
  bench: "measuring",
  build: "building the package",
  docs: "writing the reference pages",
  format: "formatting",
};

async function main() {
  const [task, ...args] = process.argv.slice(2);
  if (task === undefined || !Object.hasOwn(tasks, task)) {
    say(`Cannot run task "${task ?? ""}": there is none of that name (choose from ${Object.keys(tasks).join(", ")})`);
    return 2;
  }
  say(`PyProbe: ${tasks[task]}`);
  const major = Number(process.versions.node.split(".")[0]);
  if (major < OLDEST_NODE) {
    say(`Cannot run on Node ${process.versions.node}: Node ${OLDEST_NODE} or later is needed (see https://nodejs.org)`);
    return 1;
  }
  const script = join(root, "tools", `${task}.ts`);
  if (!existsSync(script))
    throw new PreparationError(`Cannot run task "${task}": ${script} is missing (is the clone complete?)`);
  const tool = await findOrInstallNode(join(root, ".tools"));
  await installPackages(root, tool);
  return runTask(tool, script, args);
}

/** Resolves with the exit code that this process shall have. */
function runTask(tool, script, args) {
  const env = {
    ...process.env,
    PATH: [tool.directory, process.env.PATH].filter(Boolean).join(process.platform === "win32" ? ";" : ":"),
  };
  // npm runs scripts in the repository's folder; tasks still need the folder the person stands in.
  env.INIT_CWD ??= process.cwd();
  const child = spawn(tool.node, ["--disable-warning=ExperimentalWarning", script, ...args], {
    cwd: root,
    env,
    stdio: "inherit",
  });
  // A terminal sends Ctrl-C to the child as well; the child counts signals that arrive together as one.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    const next = `install Node ${tool.wanted} or later yourself, then run this again`;
    child.on("error", ({ message }) => reject(new PreparationError(`Cannot start ${tool.node}: ${message} (${next})`)));
    child.on("exit", (code, signal) => {
      if (signal === null) resolve(code ?? 1);
      else endBySignal(signal);
    });
  });
}

/** Ends this process as its child ended, so that a shell sees the same. */
function endBySignal(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    say(error instanceof PreparationError ? error.message : (error?.stack ?? String(error)));
    process.exitCode = 1;
  },
);
