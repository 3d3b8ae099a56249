/**
 * Which package may import which, as a table, and the imports that break it. Everything is read from the sources: what a package lists in
 * its `package.json` is compared as well, so that neither can say something else than the other.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/** Package → what it may import. `base ← protocol ← lens, plot ← engine, ui ← cli`; engine and ui meet in protocol alone. */
export const allowedImports: Readonly<Record<string, readonly string[]>> = {
  base: [],
  protocol: ["base"],
  plot: ["base"],
  lens: ["base", "protocol", "plot"],
  engine: ["base", "protocol", "lens", "plot"],
  ui: ["base", "protocol", "lens", "plot"],
  cli: ["base", "protocol", "engine"],
};

/**
 * Folders of the engine, lowest first: a folder imports from itself and from those before it in this list. The package's top files wire
 * them together and may import them all.
 */
export const engineLayers: readonly string[] = [
  "target",
  "source",
  "capture",
  "session",
  "recording",
  "projection",
  "agent",
  "hub",
];

const packagesFolder = "packages";
const scope = "@pyprobe/";
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)|new URL\(\s*["'](\.[^"']+)["']/g;

export type Problem = { readonly file: string; readonly message: string };

export function checkImports(root: string): Problem[] {
  const problems: Problem[] = [];
  const graph = new Map<string, string[]>();
  for (const name of readdirSync(join(root, packagesFolder))) {
    const allowed = allowedImports[name];
    if (allowed === undefined) {
      problems.push({
        file: join(packagesFolder, name),
        message: "the table of allowed imports does not know this package",
      });
      continue;
    }
    const declared = declaredPackages(root, name);
    for (const file of sourcesIn(join(root, packagesFolder, name))) {
      const targets: string[] = [];
      for (const { specifier, isTypeOnly } of importsOf(file)) {
        const problem = judge({ root, file, name, specifier, allowed, declared });
        if (problem !== undefined) problems.push({ file: relative(root, file), message: problem });
        if (specifier.startsWith(".") && !isTypeOnly) targets.push(resolve(dirname(file), specifier));
      }
      graph.set(file, targets);
    }
  }
  for (const cycle of findCycles(graph)) {
    const names = cycle.map((file) => relative(join(root, packagesFolder), file));
    problems.push({ file: relative(root, cycle[0] ?? ""), message: `imports run in a circle: ${names.join(" → ")}` });
  }
  return problems;
}

type Import = {
  readonly root: string;
  readonly file: string;
  readonly name: string;
  readonly specifier: string;
  readonly allowed: readonly string[];
  readonly declared: ReadonlySet<string>;
};

function judge({ root, file, name, specifier, allowed, declared }: Import): string | undefined {
  if (specifier.startsWith(".")) {
    const target = resolve(dirname(file), specifier);
    const own = join(root, packagesFolder, name) + sep;
    if (!target.startsWith(own)) return `"${specifier}" leaves the package (import it by its name)`;
    return name === "engine" ? judgeLayer(own, file, target) : undefined;
  }
  if (specifier.startsWith("node:")) return undefined;
  if (specifier.startsWith(scope)) {
    const target = specifier.slice(scope.length).split("/")[0] ?? "";
    if (!allowed.includes(target))
      return `${name} may not import ${target} (allowed: ${allowed.join(", ") || "nothing"})`;
  }
  const packageName = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  // Tests, and what they share in a package's folder `test`, are no part of what is shipped.
  const isOfTests =
    /\.test\.tsx?$/.test(file) || relative(join(root, packagesFolder, name), file).startsWith(`test${sep}`);
  const isOfRoot = isOfTests || file.endsWith(".config.ts");
  return declared.has(packageName) || isOfRoot ? undefined : `"${packageName}" is not in ${name}'s package.json`;
}

function judgeLayer(own: string, file: string, target: string): string | undefined {
  if (/\.test\.ts$/.test(file)) return undefined;
  const layerOf = (path: string) => engineLayers.indexOf(relative(join(own, "src"), path).split(sep)[0] ?? "");
  const from = layerOf(file);
  const to = layerOf(target);
  if (from === -1 || to <= from) return undefined;
  return `${engineLayers[from]}/ may not import ${engineLayers[to]}/ (lower layers do not know higher ones)`;
}

function declaredPackages(root: string, name: string): ReadonlySet<string> {
  const text = readFileSync(join(root, packagesFolder, name, "package.json"), "utf8");
  const { dependencies = {}, devDependencies = {} }: Record<string, Record<string, string>> = JSON.parse(text);
  return new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
}

function sourcesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "dist" || entry.name === "node_modules" ? [] : sourcesIn(path);
    return /\.(ts|tsx)$/.test(entry.name) ? [path] : [];
  });
}

/** Imports of types alone are gone when the program runs: they must keep to the layers, but may run in circles. */
function importsOf(file: string): { specifier: string; isTypeOnly: boolean }[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(importPattern)].map(([whole, from, dynamic, url]) => ({
    specifier: from ?? dynamic ?? url ?? "",
    isTypeOnly: /^\s*(import|export) type\s/.test(whole),
  }));
}

/** Each circle once, as the files on it with the first one again at the end. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const start = path.indexOf(file);
    if (start >= 0) {
      cycles.push([...path.slice(start), file]);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
