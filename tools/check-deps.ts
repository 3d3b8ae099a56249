/** Refuses imports that the architecture does not have, import cycles, and registry addresses in the lock file. */
import { join } from "node:path";
import { checkImports } from "./check/imports.ts";
import { checkLockFile } from "./check/lock-file.ts";

const root = join(import.meta.dirname, "..");
const problems = [...checkImports(root), ...checkLockFile(root)];
for (const { file, message } of problems) process.stdout.write(`${file}: ${message}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
