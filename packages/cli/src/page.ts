/** The page of an engine, in the person's browser where there is one; the address in any case. */
import { CannotListenError, type Engine, startEngine } from "@pyprobe/engine";
import { openBrowser } from "./browser.ts";
import { StartError } from "./start-error.ts";
import type { TerminalStreams } from "./terminal-presenter.ts";

export type PageOptions = { readonly port: number | undefined; readonly open: boolean };

/** Throws a `StartError` when its port is in use. */
export async function startEngineWithPage({ port }: PageOptions): Promise<Engine> {
  try {
    return await startEngine({ port: port ?? 0 });
  } catch (error) {
    if (error instanceof CannotListenError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/** Returns the address, with the token that lets a browser in. */
export async function showPage(engine: Engine, { open }: PageOptions, { stderr }: TerminalStreams): Promise<string> {
  const { address } = engine;
  await stderr.write(`PyProbe is at ${address}\n`);
  if (open) {
    openBrowser(address, (reason) => {
      void stderr.write(`Cannot open a browser: ${reason} (open the address above in one)\n`);
    });
  }
  return address;
}
