/** Scopes fall into groups by the code itself, one for each function of each file, unless a person has put them elsewhere. Pure. */
import type { Anchor } from "@pyprobe/protocol";
import { baseName } from "../state/anchor-key.ts";
import type { Arrangement, Standing } from "../state/arrangement.ts";
import type { OpenFile, ShownProbe } from "../state/page-store.ts";
import type { DockGroup } from "./layout-port.ts";

export type ScopeGroup = DockGroup & { readonly probes: readonly ShownProbe[] };

/** Names of functions in a title at most. */
const TITLE_PLACES = 3;

export function groupScopes(
  scopes: readonly ShownProbe[],
  mainFile: string | null,
  places: Arrangement["places"],
  isClass: IsClass = () => false,
): readonly ScopeGroup[] {
  const byGroup = Map.groupBy(scopes, ({ key, anchor }) => {
    const place = places.get(key);
    return place?.kind === "scope" ? place.group : `${anchor.file}\u0000${anchor.function}`;
  });
  return [...byGroup].map(([id, probes]) => ({
    id,
    title: titleOf(probes, mainFile, isClass),
    count: probes.length,
    probes,
  }));
}

export function standingOf(groups: readonly ScopeGroup[]): Standing {
  return groups.map(({ id, probes }) => ({ id, keys: probes.map(({ key }) => key) }));
}

/** Code may also stand in the body of a class. */
export type IsClass = (anchor: Pick<Anchor, "file" | "function">) => boolean;

/** What the page knows of the classes in the files that are open. */
export function classesOf(open: ReadonlyMap<string, OpenFile>): IsClass {
  const classes = new Set(
    [...open].flatMap(([file, { symbols }]) =>
      symbols.scopes.filter(({ kind }) => kind === "class").map(({ name }) => `${file}\u0000${name}`),
    ),
  );
  return ({ file, function: name }) => classes.has(`${file}\u0000${name}`);
}

function placeName(anchor: Anchor, isClass: IsClass): string {
  if (anchor.function === "") return "module level";
  const name = shortFunction(anchor.function);
  return isClass(anchor) ? `class ${name}` : `${name}()`;
}

/** The functions of its scopes. */
function titleOf(probes: readonly ShownProbe[], mainFile: string | null, isClass: IsClass): string {
  const places = new Set(
    probes.map(({ anchor }) => {
      const place = placeName(anchor, isClass);
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
