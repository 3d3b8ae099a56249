/** What the editor's extensions need from the page: who to tell, what to ask. One value a view, given when it is made. */
import { Facet } from "@codemirror/state";
import type { Anchor, ProbeId } from "@pyprobe/protocol";
import type { AnchorKey } from "../state/anchor-key.ts";
import type { LiveValues } from "../state/live-values.ts";

/** A click, with Shift, with Alt: in a scope (or no more), as a value alone, over the focused scope. */
export type WatchAs = "scope" | "value" | "overlay";

export type CodeContext = {
  readonly file: string;
  readonly values: LiveValues;
  readonly watch: (anchor: Anchor, as: WatchAs) => void;
  /** Everything that can be done with a name, at a place of the window. */
  readonly openNameMenu: (anchor: Anchor, at: { readonly x: number; readonly y: number }) => void;
  /** The name of the scope that this one would be drawn over. */
  readonly overlayHost: (key: AnchorKey) => string | undefined;
  readonly openLensMenu: (key: AnchorKey) => void;
  /** Says a line politely to a screen reader. */
  readonly announce: (text: string) => void;
  /** Dtype and shape of the newest value, once a scope has seen one. */
  readonly describe: (probe: ProbeId) => string | undefined;
};

export const codeContext = Facet.define<CodeContext, CodeContext | undefined>({ combine: (values) => values[0] });
