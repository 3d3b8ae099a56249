/** Biome: the shape of TypeScript, JavaScript and JSON, and what its linter knows. */
import { join } from "node:path";
import { type CheckResult, runTool } from "./step.ts";

export function biomeCheck(root: string): Promise<CheckResult> {
  return biome(root, ["check", "--error-on-warnings"]);
}

export function biomeFormat(root: string): Promise<CheckResult> {
  return biome(root, ["check", "--write"]);
}

function biome(root: string, args: readonly string[]): Promise<CheckResult> {
  const script = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  return runTool(process.execPath, [script, ...args], root);
}
