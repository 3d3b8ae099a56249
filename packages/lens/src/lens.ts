import type { ExtremesFinder } from "@pyprobe/plot";
import type {
  ArrayHead,
  CaptureRef,
  CaptureValue,
  Column,
  Reduction,
  ScalarType,
  ViewPacket,
  ViewRequest,
} from "@pyprobe/protocol";

/** The elements of an array capture, in C order; complex ones interleaved (re, im). A view on the capture log: never write to it. */
export type Elements =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** One captured value with its bytes at hand. */
export type CapturedData =
  | {
      readonly kind: "scalar";
      readonly type: ScalarType;
      readonly re: number;
      readonly im: number;
      readonly isComplex: boolean;
      readonly exact: string;
    }
  | {
      readonly kind: "array";
      readonly head: ArrayHead;
      readonly elements: Elements;
      readonly isComplex: boolean;
      /** A faster way to find extremes among the elements, where there is one. */
      readonly findExtremes?: ExtremesFinder | undefined;
    }
  /** Text, none, trees: only their description. */
  | { readonly kind: "described"; readonly value: CaptureValue };

/** The scalar captures of one probe, oldest first, as columns of equal length. `im` only where one of them is complex. */
export type ScalarHistory = {
  readonly tNs: Float64Array;
  readonly re: Float64Array;
  readonly im: Float64Array | undefined;
  /** Scalar captures that came before the first one here: dropped from the log, or beyond what one projection reads. */
  readonly earlier: number;
};

export type LensInput = {
  readonly capture: CaptureRef;
  readonly data: CapturedData;
  /** Up to and including `capture`; only for lenses with `needsHistory`, else empty. */
  readonly history: ScalarHistory;
};

/** What a view can show of its input: a few thousand numbers at most, whatever the input's size. */
export type Projection = {
  readonly columns: Readonly<Record<string, Column>>;
  readonly meta: Readonly<Record<string, number | string | boolean | null>>;
  readonly reduction: Reduction | null;
};

/** The canvas's own 2-D context, scaled so that one unit is one CSS pixel. */
export type Canvas2d = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** What drawing needs besides the packet. Colours are CSS colours of the theme in force. */
export type Viewport = {
  readonly widthCssPx: number;
  readonly heightCssPx: number;
  readonly devicePixelRatio: number;
  readonly colors: {
    readonly background: string;
    readonly grid: string;
    readonly axis: string;
    readonly text: string;
    readonly series: string;
    /** A second hue for the imaginary part and the like. */
    readonly seriesAlternate: string;
  };
  readonly fontFamily: string;
  /** Data ranges the user has pinned; null: as the lens decides. */
  readonly xRange: readonly [number, number] | null;
  readonly yRange: readonly [number, number] | null;
  /** Pointer position in CSS pixels, for the read-out; null when it is elsewhere. */
  readonly pointer: { readonly xCssPx: number; readonly yCssPx: number } | null;
  /** Of lenses that draw lines: what is drawn on the same axes. */
  readonly overlays?: Overlays;
  /** Of lenses that draw one capture's points: the packets shown just before, newest first, to fade behind it. */
  readonly trail?: readonly ViewPacket[];
};

/** Packets of other probes by the same lens. With them the lines are called by the names of their series. */
export type Overlays = {
  /** Of the packet's own series. */
  readonly label: string;
  readonly others: readonly {
    readonly packet: ViewPacket;
    readonly label: string;
    readonly color: string;
    readonly colorAlternate: string;
  }[];
};

/** Where the plot area ended up and what its axes show: for zoom, pan and the read-out. Null for lenses without axes. */
export type PlotFrame = {
  readonly leftCssPx: number;
  readonly topCssPx: number;
  readonly widthCssPx: number;
  readonly heightCssPx: number;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  /** The value under the pointer in one line, with units. */
  readonly readout: string | null;
  /** The picture itself shows it; a small one without axes has no room, and between points there is nothing to put it at. */
  readonly isReadoutDrawn: boolean;
};

/** A way to see. `project` runs in the engine's workers and touches no DOM; `draw` runs in the page. */
export type Lens = {
  readonly id: string;
  readonly title: string;
  /** How well it shows values like this one: 0 not at all, else the highest is the default. Needs only the description. */
  readonly accepts: (value: CaptureValue) => number;
  readonly needsHistory: boolean;
  /** Whether it shows the statistics of an array's elements; making them takes as long as a projection. */
  readonly needsStats: boolean;
  readonly project: (input: LensInput, request: ViewRequest) => Projection;
  readonly draw: (canvas: Canvas2d, packet: ViewPacket, viewport: Viewport) => PlotFrame | null;
};
