/** A private environment for a public tool that the benchmark compares with. */
import { join } from "node:path";
import { EnvironmentError, preparePythonEnvironment } from "../../tools/test/python-environment.ts";
import type { Python } from "../../tools/test/pythons.ts";
import { runProcess } from "../../tools/test/run-process.ts";

export type Peer =
  | { readonly kind: "ready"; readonly executable: string; readonly version: string }
  | { readonly kind: "missing"; readonly reason: string };

/** Installs it with pip where it is not yet. */
export async function preparePeer(name: "hunter" | "debugpy", python: Python, toolsFolder: string): Promise<Peer> {
  try {
    const { path } = await preparePythonEnvironment(python, {
      directory: join(toolsFolder, "peers", name),
      all: [python],
      packages: [name],
      numpy: false,
    });
    const asked = await runProcess(path, ["-c", `import importlib.metadata as m; print(m.version("${name}"))`], {
      timeoutMs: 60_000,
    });
    return { kind: "ready", executable: path, version: asked.stdout.trim() };
  } catch (error) {
    if (error instanceof EnvironmentError) return { kind: "missing", reason: error.message };
    throw error;
  }
}
