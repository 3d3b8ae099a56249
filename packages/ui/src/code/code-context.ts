/** What the editor's extensions need from the page: who to tell, what to ask. One value a view, given when it is made. */
import { Facet } from "@codemirror/state";
import type { Anchor, ProbeId } from "@pyprobe/protocol";
import type { AnchorKey } from "../state/anchor-key.ts";
import type { LiveValues } from "../state/live-values.ts";

export type CodeContext = {
  readonly file: string;
  readonly values: LiveValues;
  readonly toggle: (anchor: Anchor) => void;
  readonly openLensMenu: (key: AnchorKey) => void;
  /** Says a line politely to a screen reader. */
  readonly announce: (text: string) => void;
  /** Dtype and shape of the newest value, once a scope has seen one. */
  readonly describe: (probe: ProbeId) => string | undefined;
};

export const codeContext = Facet.define<CodeContext, CodeContext | undefined>({ combine: (values) => values[0] });
