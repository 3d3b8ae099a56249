/** The lock file must not name a registry: each person's npm asks the one that is set up on their machine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "./imports.ts";

export function checkLockFile(root: string): Problem[] {
  const file = "package-lock.json";
  const { packages }: { packages: Record<string, { resolved?: string; link?: boolean }> } = JSON.parse(
    readFileSync(join(root, file), "utf8"),
  );
  return Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
    .map(([path]) => ({
      file,
      message: `${path} carries a registry's address (npm install with omit-lockfile-registry-resolved)`,
    }));
}
