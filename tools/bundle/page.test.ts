import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { buildPage, pageAssets } from "./page.ts";

/** A root with a page of one script. */
function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), "pyprobe-build-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ["base", "protocol", "plot", "lens", "ui"])
    mkdirSync(join(root, "packages", name, "src"), { recursive: true });
  const ui = join(root, "packages", "ui");
  writeFileSync(join(root, "package-lock.json"), "{}");
  writeFileSync(join(ui, "index.html"), '<script type="module" src="./src/main.js"></script>');
  writeFileSync(join(ui, "vite.config.ts"), 'export default { base: "./", build: { outDir: "dist" } };');
  return root;
}

test("the assets of the build before stay, for a page that is loaded meanwhile; older ones go", async () => {
  const root = makeRoot();
  const builds: (readonly string[])[] = [];
  for (const text of ["one", "two", "three"]) {
    writeFileSync(join(root, "packages", "ui", "src", "main.js"), `document.title = "${text}";`);
    await buildPage(root, () => {});
    builds.push(pageAssets(root));
    const there = readdirSync(join(root, "packages", "ui", "dist", "assets")).sort();
    expect(there).toEqual(builds.slice(-2).flat().sort());
  }
  expect(new Set(builds.flat()).size).toBe(3);
});
