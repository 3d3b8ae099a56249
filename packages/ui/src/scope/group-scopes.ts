/** Scopes fall into groups by the code itself: one for each function of each file. Pure. */
import { baseName } from "../state/anchor-key.ts";
import type { ShownProbe } from "../state/page-store.ts";
import type { DockGroup } from "./layout-port.ts";

export type ScopeGroup = DockGroup & { readonly probes: readonly ShownProbe[] };

export function groupScopes(probes: readonly ShownProbe[], mainFile: string | null): readonly ScopeGroup[] {
  const byFunction = Map.groupBy(probes, ({ anchor }) => `${anchor.file}\u0000${anchor.function}`);
  return [...byFunction].map(([id, members]) => {
    const anchor = members[0]?.anchor;
    if (anchor === undefined) throw new Error("Cannot name a group of scopes: it is empty");
    const place = anchor.function === "" ? "module level" : `${shortFunction(anchor.function)}()`;
    const title = anchor.file === mainFile ? place : `${baseName(anchor.file)} · ${place}`;
    return { id, title, count: members.length, probes: members };
  });
}

/** `outer.<locals>.inner` → `outer.inner`. */
export function shortFunction(qualifiedName: string): string {
  return qualifiedName.replaceAll(".<locals>", "");
}
