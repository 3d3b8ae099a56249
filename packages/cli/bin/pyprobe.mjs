#!/usr/bin/env node
/**
 * The `pyprobe` command. Plain JavaScript, because any Node may be what runs it: it sees to a Node that is new enough (this one, or a
 * private one that it installs at first use) and runs the command with it, from the built package or from the sources of a checkout.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const home = dirname(dirname(fileURLToPath(import.meta.url)));
// Sources first: a checkout may hold a build that is older than they are.
const isCheckout = existsSync(join(home, "src", "main.ts"));
const main = isCheckout ? join(home, "src", "main.ts") : join(home, "dist", "main.js");
const bootstrap = isCheckout ? join(home, "..", "..", "tools", "bootstrap") : join(home, "dist", "bootstrap");
const tools = isCheckout ? join(home, "..", "..", ".tools") : cacheFolder();

try {
  const { findOrInstallNode } = await import(pathToFileURL(join(bootstrap, "node.mjs")).href);
  const { node, wanted } = await findOrInstallNode(tools);
  if (node === process.execPath) await runHere();
  else runWith(node, wanted);
} catch (error) {
  // What a person can act on is a sentence; everything else is a fault, and shows where.
  fail(error?.name === "PreparationError" ? error.message : (error?.stack ?? String(error)));
}

async function runHere() {
  removeExperimentalWarnings();
  const { runMain } = await import(pathToFileURL(main).href);
  await runMain();
}

/** `node:sqlite` says at its first use that it is experimental; that is nothing to the person who types `pyprobe`. */
function removeExperimentalWarnings() {
  const listeners = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "ExperimentalWarning") for (const listener of listeners) listener(warning);
  });
}

/** Runs this same file with another Node, and ends as it ended. */
function runWith(node, wanted) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const next = `install Node ${wanted} or later yourself, then run this again`;
  child.on("error", (error) => fail(`Cannot start ${node}: ${error.message} (${next})`));
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

/** Where this system keeps what can be had again. */
function cacheFolder() {
  if (process.platform === "win32")
    return join(process.env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "pyprobe");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "pyprobe");
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pyprobe");
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
