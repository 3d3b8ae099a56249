/** What chrome knows of a scope's view, and what the view is made from. */
import type { CaptureRef, CaptureValue, ProbeId, Reduction } from "@pyprobe/protocol";
import type { ViewHub, ViewTarget } from "../link/view-hub.ts";
import type { AnimationLoop } from "./animation-loop.ts";
import type { HistoryAxis } from "./history-axis.ts";
import type { TagVariety } from "./tag-variety.ts";
import type { ThemeColors } from "./theme-colors.ts";

export type ScopeStatus = {
  readonly lens: string;
  /** Of the history lens; null for those that show one capture. */
  readonly axis: HistoryAxis | null;
  readonly capture: CaptureRef | null;
  readonly value: CaptureValue | null;
  readonly reduction: Reduction | null;
  readonly variety: TagVariety;
  /** Captures this view did not show since it was opened. */
  readonly skipped: number;
  /** Why series that are laid over it are not drawn. */
  readonly overlayErrors: ReadonlyMap<ProbeId, string>;
  readonly isHeld: boolean;
  readonly isZoomedX: boolean;
  readonly isAutoY: boolean;
  readonly hasAxes: boolean;
  /** Both axes are measured: they zoom together, and none is fixed alone. */
  readonly isPlane: boolean;
  readonly error: string | null;
  /** Drawn at least once. */
  readonly isDrawn: boolean;
};

export type ScopeOptions = {
  readonly hub: ViewHub;
  readonly loop: AnimationLoop;
  readonly theme: ThemeColors;
  readonly target: ViewTarget;
  readonly canvas: HTMLCanvasElement;
  readonly readout: HTMLElement;
  readonly series: number;
  /** The name of the series, where there are several. */
  readonly label: string;
  /** The person's choice; null: the lens that accepts the value best. */
  readonly lens: string | null;
  readonly axis: HistoryAxis;
};
