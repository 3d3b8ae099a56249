import type { build } from "vite";

/** Paths of the files that a bundle is made of. */
export function modulesOf(output: Awaited<ReturnType<typeof build>>): string[] {
  const outputs = Array.isArray(output) ? output : [output];
  const files = outputs.flatMap((one) => ("output" in one ? one.output : []));
  return files.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
}
