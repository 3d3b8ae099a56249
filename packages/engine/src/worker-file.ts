import type { WorkerOptions } from "node:worker_threads";

/**
 * The file of a worker: the TypeScript source beside its starter, or, in a built package, the bundle of the same name beside
 * the bundle that starts it.
 */
export function workerFile(starterUrl: string, source: string): URL {
  if (starterUrl.endsWith(".ts")) return new URL(source, starterUrl);
  const name = source.slice(source.lastIndexOf("/") + 1).replace(/\.ts$/, ".js");
  return new URL(`./${name}`, starterUrl);
}

/**
 * Not with the options that Node was started with: `--eval` and its like are about the main thread. A small young generation,
 * because workers make little garbage and the engine's memory is promised to its users.
 */
export const workerOptions: WorkerOptions = { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 8 } };
