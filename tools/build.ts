/**
 * `npm run build`: everything that the npm package `pyprobe` holds, in `packages/cli/dist`: the bundled command and engine, the page, the
 * agent's sources and the licences of what is bundled. `npm pack --workspace pyprobe` then makes the package.
 */
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { buildCommand } from "./bundle/command.ts";
import { noticesFor } from "./bundle/notices.ts";
import { buildPage, pageAssets, pageModules } from "./bundle/page.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "packages", "cli", "dist");
const say = (line: string) => process.stdout.write(`${line}\n`);

await buildPage(root, say);
say("Bundling the command …");
rmSync(dist, { recursive: true, force: true });
const modules = await buildCommand(root, dist);
cpSync(join(root, "packages", "ui", "dist"), join(dist, "page"), {
  recursive: true,
  filter: (path) =>
    !basename(path).startsWith(".") &&
    (basename(dirname(path)) !== "assets" || pageAssets(root).includes(basename(path))),
});
cpSync(join(root, "python", "pyprobe_tracer", "src", "pyprobe_tracer"), join(dist, "python", "pyprobe_tracer"), {
  recursive: true,
  // What Python and its checkers keep for themselves stays here.
  filter: (path) => basename(path) !== "__pycache__" && !basename(path).startsWith("."),
});
// The command brings its own Node as the repository does, with the same code.
for (const file of ["node.mjs", "npm.mjs", "terminal.mjs"]) {
  cpSync(join(root, "tools", "bootstrap", file), join(dist, "bootstrap", file));
}
cpSync(join(root, "LICENSE"), join(dist, "LICENSE"));
writeFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), noticesFor([...modules, ...pageModules(root)]));
say(`Built ${dist}`);
