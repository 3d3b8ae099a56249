import { basename } from "node:path";
import type { build } from "vite";

type Output = Awaited<ReturnType<typeof build>>;

/** Paths of the files that a bundle is made of. */
export function modulesOf(output: Output): string[] {
  return filesOf(output).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
}

/** Names of what a bundle puts into `assets/`, which carry a hash of what is in them. */
export function assetsOf(output: Output): string[] {
  const names = filesOf(output).map(({ fileName }) => fileName);
  return names.filter((name) => name.startsWith("assets/")).map((name) => basename(name));
}

function filesOf(output: Output) {
  const outputs = Array.isArray(output) ? output : [output];
  return outputs.flatMap((one) => ("output" in one ? one.output : []));
}
