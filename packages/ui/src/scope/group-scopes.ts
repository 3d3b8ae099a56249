/** Scopes fall into groups by the code itself, one for each function of each file, unless a person has put them elsewhere. Pure. */
import { baseName } from "../state/anchor-key.ts";
import type { Arrangement, Standing } from "../state/arrangement.ts";
import type { ShownProbe } from "../state/page-store.ts";
import type { DockGroup } from "./layout-port.ts";

export type ScopeGroup = DockGroup & { readonly probes: readonly ShownProbe[] };

/** Names of functions in a title at most. */
const TITLE_PLACES = 3;

export function groupScopes(
  scopes: readonly ShownProbe[],
  mainFile: string | null,
  places: Arrangement["places"],
): readonly ScopeGroup[] {
  const byGroup = Map.groupBy(scopes, ({ key, anchor }) => {
    const place = places.get(key);
    return place?.kind === "scope" ? place.group : `${anchor.file}\u0000${anchor.function}`;
  });
  return [...byGroup].map(([id, probes]) => ({ id, title: titleOf(probes, mainFile), count: probes.length, probes }));
}

export function standingOf(groups: readonly ScopeGroup[]): Standing {
  return groups.map(({ id, probes }) => ({ id, keys: probes.map(({ key }) => key) }));
}

/** The functions of its scopes. */
function titleOf(probes: readonly ShownProbe[], mainFile: string | null): string {
  const places = new Set(
    probes.map(({ anchor }) => {
      const place = anchor.function === "" ? "module level" : `${shortFunction(anchor.function)}()`;
      return anchor.file === mainFile ? place : `${baseName(anchor.file)} · ${place}`;
    }),
  );
  const more = places.size > TITLE_PLACES ? ` +${places.size - TITLE_PLACES}` : "";
  return [...places].slice(0, TITLE_PLACES).join(", ") + more;
}

/** `outer.<locals>.inner` → `outer.inner`. */
export function shortFunction(qualifiedName: string): string {
  return qualifiedName.replaceAll(".<locals>", "");
}
