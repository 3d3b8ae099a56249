/** Bundles the command with the engine into `packages/cli/dist`, so that the package needs no other package and no install script. */
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { modulesOf } from "./modules.ts";

/** Paths of the modules that went into the bundle. */
export async function buildCommand(root: string, dist: string): Promise<string[]> {
  const { build } = await import("vite");
  const output = await build({
    root,
    configFile: false,
    logLevel: "warn",
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: true,
      outDir: dist,
      emptyOutDir: false,
      target: "node24",
      minify: false,
      rolldownOptions: {
        input: { main: join(root, "packages", "cli", "src", "main.ts"), ...workers(root) },
        // Every file in one folder: a worker is started by the address of the file beside its starter.
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
  return modulesOf(output);
}

/** Code that runs on threads of its own is not imported by anything: each file is an entry. */
function workers(root: string): Record<string, string> {
  const files = globSync("packages/engine/src/**/*-worker.ts", { cwd: root });
  return Object.fromEntries(files.map((file) => [basename(file, ".ts"), join(root, file)]));
}
