/** The names of the file shown that are worth a first click, while nothing is watched yet. */
import type { SourceSymbol } from "@pyprobe/protocol";
import { useMemo } from "react";
import { usePageState } from "../panel/page-context.ts";
import { suggestSymbols } from "./suggest-symbols.ts";

const none: readonly SourceSymbol[] = [];

export function useSuggestions(): readonly SourceSymbol[] {
  const opened = usePageState((state) => (state.activeFile === null ? undefined : state.open.get(state.activeFile)));
  const isWanted = usePageState(
    ({ session, wishes }) =>
      session !== null && session.info.state.kind !== "recorded" && session.probes.size === 0 && wishes.size === 0,
  );
  return useMemo(
    () => (opened === undefined || !isWanted ? none : suggestSymbols(opened.text, opened.symbols.symbols)),
    [opened, isWanted],
  );
}
