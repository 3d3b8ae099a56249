#!/usr/bin/env node
/**
 * The `pyprobe` command. Plain JavaScript, because any Node may be what runs it: it looks for a Node that is new enough (this one, or the
 * private one of a checkout) and runs the command with it, from the built package or from the sources of a checkout.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const REQUIRED_MAJOR = 24;

const home = dirname(dirname(fileURLToPath(import.meta.url)));
// Sources first: a checkout may hold a build that is older than they are.
const main = [join(home, "src", "main.ts"), join(home, "dist", "main.js")].find((path) => existsSync(path));

if (main === undefined) {
  fail(`Cannot start pyprobe: ${join(home, "dist", "main.js")} is missing (run \`npm run build\` in its repository)`);
} else if (Number(process.versions.node.split(".")[0]) >= REQUIRED_MAJOR) {
  removeExperimentalWarnings();
  const { runMain } = await import(pathToFileURL(main).href);
  await runMain();
} else {
  const node = findPrivateNode();
  if (node === undefined) {
    fail(
      `Cannot start pyprobe: it needs Node ${REQUIRED_MAJOR} or later, and this is ${process.versions.node} ` +
        `(install one from https://nodejs.org${existsSync(join(home, "src")) ? ", or run `npm start` once in the repository" : ""})`,
    );
  } else {
    runWith(node);
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

/** `node:sqlite` says at its first use that it is experimental; that is nothing to the person who types `pyprobe`. */
function removeExperimentalWarnings() {
  const listeners = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") for (const listener of listeners) listener(warning);
  });
}

/** The Node that the bootstrap of a checkout put into `.tools/`; undefined outside of one. */
function findPrivateNode() {
  const tools = join(home, "..", "..", ".tools");
  if (!existsSync(tools)) return undefined;
  const file = process.platform === "win32" ? "node.exe" : "node";
  for (const version of readdirSync(tools).filter((name) => name.startsWith("node-"))) {
    const modules = join(tools, version, "node_modules");
    if (!existsSync(modules)) continue;
    for (const name of readdirSync(modules)) {
      const node = join(modules, name, "bin", file);
      if (name.startsWith("node-") && existsSync(node)) return node;
    }
  }
  return undefined;
}

/** Runs this same file with another Node, and ends as it ended. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`Cannot start pyprobe: ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
