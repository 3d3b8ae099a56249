/** Probes that are wished for at launch, before anybody knows whether there is such a place. */
import type { Anchor, AnchorQuery, CallError, ErrorCode, ProbeCode, ProbeMode, ProbeState } from "@pyprobe/protocol";

export type ProbeWish = { readonly query: AnchorQuery; readonly mode: ProbeMode };
export type Refusal = Extract<ProbeState, { kind: "failed" }>;

/** How a refused query is called on a probe that shows it. */
const codes: Partial<Record<ErrorCode, ProbeCode>> = {
  no_such_name: "no_such_name",
  not_probeable: "not_probeable",
  does_not_parse: "does_not_parse",
  no_such_file: "no_code",
  not_python: "does_not_parse",
};

/** What is shown of a wish that cannot be fulfilled: as much of a place as was named, and why. */
export function refusedWish(
  { file, line, column, symbol }: AnchorQuery,
  error: CallError,
): { anchor: Anchor; refusal: Refusal } {
  return {
    anchor: { file, line, column: column ?? (0 as Anchor["column"]), symbol, function: "", context: "store" },
    refusal: { kind: "failed", code: codes[error.code] ?? "fault", message: error.message },
  };
}

/** The source was edited between two runs, and the probe's name is not there any more. */
export function lostByEdit({ symbol, file, line }: Anchor): Refusal {
  const message = `Cannot place probe on "${symbol}" at ${file}:${line}: the source was edited and it is gone`;
  return { kind: "failed", code: "no_such_name", message };
}

/**
 * Has every file looked at once, all of them together: finding the names in one takes long the first time, and the wishes
 * themselves are looked at one after the other. What is wrong with them is said then.
 */
export async function readFilesOf(
  wishes: readonly ProbeWish[],
  resolveAnchor: (query: AnchorQuery) => Promise<Anchor>,
): Promise<void> {
  const oneOfEach = new Map(wishes.map(({ query }) => [query.file, query]));
  if (oneOfEach.size > 1) await Promise.allSettled([...oneOfEach.values()].map(resolveAnchor));
}
