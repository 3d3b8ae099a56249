/**
 * The file of a worker: the TypeScript source beside its starter, or, in a built package, the bundle of the same name beside
 * the bundle that starts it.
 */
export function workerFile(starterUrl: string, source: string): URL {
  if (starterUrl.endsWith(".ts")) return new URL(source, starterUrl);
  const name = source.slice(source.lastIndexOf("/") + 1).replace(/\.ts$/, ".js");
  return new URL(`./${name}`, starterUrl);
}

/** Not with the options that Node was started with: `--eval` and its like are about the main thread. */
export const workerOptions: { readonly execArgv: string[] } = { execArgv: [] };
