import type { Probe, SourceSymbols } from "@pyprobe/protocol";
import { anchorKey, anchorOf } from "../state/anchor-key.ts";

/** In a recording only what was watched can be seen: the other names say so instead of lighting up. Pure. */
export function recordedSymbols(symbols: SourceSymbols, probes: readonly Probe[]): SourceSymbols {
  const watched = new Set(probes.map((probe) => anchorKey(probe.anchor)));
  const reason = "This is a recording, and the name was not watched in it";
  return {
    ...symbols,
    symbols: symbols.symbols.map((symbol) =>
      watched.has(anchorKey(anchorOf(symbols.file, symbol))) ? symbol : { reason, ...symbol },
    ),
  };
}
