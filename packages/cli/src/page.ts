/** The page of an engine, in the person's browser where there is one; the address in any case. */
import type { Engine } from "@pyprobe/engine";
import { openBrowser } from "./browser.ts";
import type { TerminalStreams } from "./terminal-presenter.ts";

export type PageOptions = { readonly port: number | undefined; readonly open: boolean };

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
