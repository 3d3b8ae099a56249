/** `pyprobe open`: shows a recording in the page until Ctrl-C. */
import { existsSync } from "node:fs";
import { onInterrupt } from "./interrupts.ts";
import { type PageOptions, showPage, startEngineWithPage } from "./page.ts";
import { StartError } from "./start-error.ts";
import type { TerminalStreams } from "./terminal-presenter.ts";

export async function open(path: string, page: PageOptions, streams: TerminalStreams): Promise<number> {
  if (!existsSync(path)) throw new StartError(`Cannot open ${path}: there is no such file (check the path)`);
  const engine = await startEngineWithPage(page);
  try {
    const link = engine.connect({ onEvent: () => {} });
    await link.call("recording.open", { path });
    await showPage(engine, page, streams);
    const interrupted = Promise.withResolvers<void>();
    const stopListening = onInterrupt(() => interrupted.resolve());
    await Promise.race([interrupted.promise, engine.closed]);
    stopListening();
    return 0;
  } finally {
    await engine.close();
  }
}
