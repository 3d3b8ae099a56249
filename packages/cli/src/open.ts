/** `pyprobe open`: shows a recording in the page until Ctrl-C. */
import { existsSync } from "node:fs";
import { startEngine } from "@pyprobe/engine";
import { CallError } from "@pyprobe/protocol";
import { CANNOT_START } from "./exit-code.ts";
import { onInterrupt } from "./interrupts.ts";
import { type PageOptions, showPage } from "./page.ts";
import type { TerminalStreams } from "./terminal-presenter.ts";

export async function open(path: string, page: PageOptions, streams: TerminalStreams): Promise<number> {
  if (!existsSync(path)) {
    await streams.stderr.write(`Cannot open ${path}: there is no such file (check the path)\n`);
    return CANNOT_START;
  }
  const engine = await startEngine({ port: page.port ?? 0 });
  try {
    const link = engine.connect({ onEvent: () => {} });
    await link.call("recording.open", { path });
    await showPage(engine, page, streams);
    const interrupted = Promise.withResolvers<void>();
    const stopListening = onInterrupt(() => interrupted.resolve());
    await Promise.race([interrupted.promise, engine.closed]);
    stopListening();
    return 0;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    await streams.stderr.write(`${error.message}\n`);
    return CANNOT_START;
  } finally {
    await engine.close();
  }
}
