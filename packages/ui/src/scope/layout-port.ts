/** What the page needs of a docking library: groups of scopes that can be arranged by hand. */
import type { Dispose } from "@pyprobe/base";

export type DockGroup = { readonly id: string; readonly title: string; readonly count: number };

export type LayoutPort = {
  /** Shows exactly these groups: new ones get a place, gone ones leave, the others stay where they are. */
  readonly setGroups: (groups: readonly DockGroup[]) => void;
  /** Where to put a group's content. */
  readonly elementOf: (id: string) => HTMLElement | undefined;
  readonly reveal: (id: string) => void;
  /** The arrangement as plain data, for `restore`, also in a later page; undefined while nobody has arranged anything. */
  readonly save: () => unknown;
  /** Takes an arrangement over as far as its groups exist; undefined: the usual places. */
  readonly restore: (saved: unknown) => void;
  readonly onChanged: (listener: () => void) => Dispose;
  /** A person has moved a group or a border; `before` is what `save` gave until then. */
  readonly onArranged: (listener: (before: { readonly saved: unknown }) => void) => Dispose;
  readonly dispose: () => void;
};
