import { execFileSync } from "node:child_process";
import { findNpm } from "../../tools/bootstrap/npm.mjs";

export type NpmCommand = { readonly file: string; readonly args: readonly string[] };

/** How to run npm: with this Node where it can, else by the command on PATH. */
export function findNpmCommand(): NpmCommand {
  const script = findNpm();
  if (script !== undefined) {
    const command = { file: process.execPath, args: [script] };
    try {
      execFileSync(command.file, [...command.args, "--version"], { stdio: "ignore" });
      return command;
    } catch {
      // A distribution's npm may run with its own Node only.
    }
  }
  return { file: "npm", args: [] };
}
