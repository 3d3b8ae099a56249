/**
 * One scope: a canvas, the engine's view behind it, and the hand on it. Nothing here is reactive: packets are kept (the newest only) and
 * drawn by the one animation loop; chrome listens to `onStatus`, which speaks a few times a second, of all scopes at once. Owned by the panel
 * that mounts it, which disposes it.
 */
import { type Dispose, Emitter } from "@pyprobe/base";
import { findLens, type PlotFrame } from "@pyprobe/lens";
import type { CaptureValue, ViewPacket, ViewRequest } from "@pyprobe/protocol";
import type { OpenView } from "../link/view-hub.ts";
import { Afterglow } from "./afterglow.ts";
import type { Drawable } from "./animation-loop.ts";
import { bestLens, VALUE_LENS } from "./choose-lens.ts";
import { devicePx, drawPacket } from "./draw-packet.ts";
import { axisInForce, HISTORY_LENS, type HistoryAxis, historyOptions } from "./history-axis.ts";
import { type OverlaySeries, Overlays, overlayLenses, overlaysToDraw } from "./overlays.ts";
import type { ScopeOptions, ScopeStatus } from "./scope-status.ts";
import { isPlane, noSoftAxes, type SoftAxes, steadyPacket } from "./steady-packet.ts";
import { noVariety, type TagVariety, withTags } from "./tag-variety.ts";
import { unitedPacket } from "./united-packet.ts";
import { followRange, panRange, type Range, xAt, yAt, zoomRange } from "./zoom.ts";

const REQUEST_MS = 40;
const prefersStillness = matchMedia("(prefers-reduced-motion: reduce)");

export class ScopeView implements Drawable {
  readonly #options: ScopeOptions;
  readonly #emitter = new Emitter<{ status: ScopeStatus }>();
  readonly #view: OpenView;
  readonly #stopTheme: Dispose;
  readonly #overlays: Overlays;
  readonly #afterglow = new Afterglow(() => this.#redraw());
  #laidOver: readonly OverlaySeries[] = [];
  #chosenLens: string | null;
  #lens: string;
  #axis: HistoryAxis;
  #packet: ViewPacket | undefined;
  #frame: PlotFrame | null = null;
  #xRange: Range | null = null;
  #yRange: Range | null = null;
  #soft: SoftAxes = noSoftAxes;
  #held: { pid: number; seq: number } | null = null;
  #pointer: { xCssPx: number; yCssPx: number } | null = null;
  #variety: TagVariety = noVariety;
  #skipped = 0;
  #error: string | null = null;
  #sizeCssPx = { width: 1, height: 1 };
  #requestTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #tellStatus = (): void => this.#emitter.emit("status", this.status);
  readonly #tell = (): void => this.#options.loop.tellSoon(this.#tellStatus);
  #series: number;
  #isVisible = true;

  constructor(options: ScopeOptions) {
    this.#options = options;
    this.#series = options.series;
    this.#chosenLens = options.lens;
    this.#lens = options.lens ?? VALUE_LENS;
    this.#axis = options.axis;
    this.#stopTheme = options.theme.onChanged(() => this.#redraw());
    this.#overlays = new Overlays(options.hub, options.target.session, () => this.#redraw());
    this.#measure();
    this.#view = options.hub.open(options.target, this.#request(), {
      onPacket: (packet) => this.#take(packet),
      onRefused: (reason) => {
        this.#error = reason;
        this.#tell();
      },
    });
  }

  dispose(): void {
    clearTimeout(this.#requestTimer);
    this.#stopTheme();
    this.#options.loop.forget(this);
    this.#options.loop.forgetToTell(this.#tellStatus);
    this.#overlays.dispose();
    this.#afterglow.clear();
    this.#view.close();
  }

  onStatus(listener: (status: ScopeStatus) => void): Dispose {
    return this.#emitter.on("status", listener);
  }

  get status(): ScopeStatus {
    const head = this.#packet?.head;
    return {
      lens: this.#lens,
      axis: this.#lens === HISTORY_LENS ? this.#axisInForce : null,
      capture: head?.capture ?? null,
      value: head?.value ?? null,
      reduction: head?.reduction ?? null,
      variety: this.#variety,
      skipped: this.#skipped,
      overlayErrors: this.#overlays.errors,
      isHeld: this.#held !== null,
      isZoomedX: this.#xRange !== null,
      isAutoY: this.#yRange === null,
      hasAxes: this.#frame !== null,
      isPlane: this.#isPlane(),
      error: this.#error,
      isDrawn: this.#packet !== undefined,
    };
  }

  /** Null: back to the lens that accepts the value best. */
  chooseLens(lens: string | null): void {
    this.#chosenLens = lens;
    const value = this.#packet?.head.value ?? null;
    this.#applyLens(lens ?? (value === null ? VALUE_LENS : bestLens(value)));
  }

  /** What a history runs over. Zoomed ranges of another axis mean nothing on it. */
  chooseAxis(axis: HistoryAxis): void {
    this.#axis = axis;
    this.#xRange = null;
    this.#send();
    this.#tell();
  }

  /** With another run process and threads are others: that alone makes them no tags worth a chip. */
  forgetTags(): void {
    this.#variety = noVariety;
  }

  setSeries(series: number): void {
    this.#series = series;
    this.#redraw();
  }

  /** Draws the series of other probes on its axes, as long as its lens draws lines. */
  setOverlays(overlays: readonly OverlaySeries[]): void {
    const before = this.#axisInForce;
    this.#laidOver = overlays;
    this.#overlays.set(overlayLenses.has(this.#lens) ? overlays : [], this.#request());
    if (this.#axisInForce.x !== before.x) this.chooseAxis(this.#axis);
    this.#redraw();
  }

  get #axisInForce(): HistoryAxis {
    return axisInForce(this.#axis, this.#laidOver.length > 0);
  }

  /** Stays at the capture it shows, or goes back to the newest. */
  hold(isHeld: boolean): void {
    const shown = this.#packet?.head.capture;
    this.#held = isHeld && shown ? { pid: shown.tags.pid, seq: shown.seq } : null;
    this.#send();
    this.#tell();
  }

  resize(): void {
    if (!this.#measure()) return;
    this.#redraw();
    this.#sendSoon();
  }

  /**
   * While it is out of sight nothing is drawn and nothing acknowledged, so that the engine stops sending after a few packets; the
   * newest is drawn as soon as it is seen again.
   */
  setVisible(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    if (isVisible) this.#redraw();
    else this.#options.loop.forget(this);
  }

  point(pointer: { xCssPx: number; yCssPx: number } | null): void {
    this.#pointer = pointer;
    this.#redraw();
  }

  /** Zooms an axis by `factor` with the point under the pointer held; on a plane both, so that it stays square. */
  zoom(axis: "x" | "y", factor: number, at: { xCssPx: number; yCssPx: number }): void {
    const frame = this.#frame;
    if (frame === null) return;
    const isBoth = this.#isPlane();
    if (axis === "x" || isBoth) this.#xRange = zoomRange(frame.xRange, xAt(frame, at.xCssPx), factor);
    if (axis === "y" || isBoth) this.#yRange = zoomRange(frame.yRange, yAt(frame, at.yCssPx), factor);
    this.#moved();
  }

  /** Moves the picture by so many pixels. The y axis of what runs over x moves only once it is fixed. */
  pan(byCssPx: { x: number; y: number }): void {
    const frame = this.#frame;
    if (frame === null) return;
    this.#xRange = panRange(frame.xRange, -byCssPx.x / frame.widthCssPx);
    if (this.#yRange !== null || this.#isPlane()) this.#yRange = panRange(frame.yRange, byCssPx.y / frame.heightCssPx);
    this.#moved();
  }

  fit(): void {
    this.#xRange = null;
    this.#yRange = null;
    this.#soft = noSoftAxes;
    this.#moved();
  }

  /** Pins the y axis as it is, or lets it follow the data again. */
  setAutoY(isAuto: boolean): void {
    this.#yRange = isAuto ? null : (this.#frame?.yRange ?? null);
    this.#soft = noSoftAxes;
    this.#moved();
  }

  draw(nowMs: number): void {
    const packet = this.#packet;
    if (packet === undefined) return;
    // Values are shown as text by the panel: there is nothing to draw.
    if (packet.head.lens === VALUE_LENS) {
      this.#frame = null;
      this.#view.acknowledge();
      this.#tell();
      return;
    }
    this.#drawOnCanvas(packet, nowMs);
    this.#writeReadout();
    this.#view.acknowledge();
    this.#overlays.acknowledge();
    this.#tell();
  }

  /** Changes nothing in the page while the pointer is elsewhere. */
  #writeReadout(): void {
    const { readout } = this.#options;
    const { readout: text, isReadoutDrawn } = this.#frame ?? { readout: null, isReadoutDrawn: false };
    if (readout.textContent !== (text ?? "")) readout.textContent = text;
    readout.classList.toggle("visually-hidden", isReadoutDrawn);
  }

  #drawOnCanvas(packet: ViewPacket, nowMs: number): void {
    try {
      const others = this.#overlays.packets(packet.head.lens);
      const united = unitedPacket(
        packet,
        others.map((other) => other.packet),
      );
      const [soft, steady] = steadyPacket(this.#soft, united, nowMs);
      this.#soft = soft;
      this.#frame = drawPacket(this.#options.canvas, steady, {
        colors: this.#options.theme.of(this.#series),
        fontFamily: this.#options.theme.fontFamily,
        xRange: this.#xRange,
        yRange: this.#yRange,
        pointer: this.#pointer,
        sizeCssPx: this.#sizeCssPx,
        overlays: overlaysToDraw(this.#options, others),
        ...(this.#held === null && !prefersStillness.matches && { trail: this.#afterglow.trail }),
      });
      if (packet.head.error === undefined) this.#error = null;
    } catch (cause) {
      this.#error = cause instanceof Error ? cause.message : String(cause);
    }
  }

  #take(packet: ViewPacket): void {
    const { head } = packet;
    this.#skipped += head.skipped;
    if (head.capture !== null) this.#variety = withTags(this.#variety, head.capture.tags);
    this.#error = head.error ?? null;
    // What was on its way when the lens was switched or the view was held is not what is asked for now: it only counts.
    const isOther = this.#held !== null && head.capture !== null && head.capture.seq !== this.#held.seq;
    if (head.lens !== this.#lens || isOther) {
      this.#view.acknowledge();
      return;
    }
    this.#follow(packet);
    this.#packet = packet;
    this.#afterglow.show(packet);
    this.#adoptLens(head.value);
    this.#redraw();
  }

  /** A zoomed view that showed the newest goes on showing it: its range moves along, as wide as it was made. */
  #follow(next: ViewPacket): void {
    if (this.#xRange === null || this.#held !== null || findLens(this.#lens)?.needsHistory !== true) return;
    const range = followRange(this.#xRange, this.#packet?.head.meta.xMax, next.head.meta.xMax);
    if (range === this.#xRange) return;
    this.#xRange = range;
    this.#sendSoon();
  }

  #isPlane(): boolean {
    return this.#packet !== undefined && isPlane(this.#packet);
  }

  /** Without a choice the value decides, also when its type changes on the way. */
  #adoptLens(value: CaptureValue | null): void {
    if (value === null || this.#chosenLens !== null) return;
    const current = findLens(this.#lens);
    if (this.#lens !== VALUE_LENS && current !== undefined && current.accepts(value) > 0) return;
    this.#applyLens(bestLens(value));
  }

  #applyLens(lens: string): void {
    if (lens === this.#lens) return;
    this.#lens = lens;
    this.#xRange = null;
    this.#yRange = null;
    this.#soft = noSoftAxes;
    this.#frame = null;
    this.#error = null;
    this.#send();
    this.setOverlays(this.#laidOver);
    this.#tell();
  }

  #moved(): void {
    this.#redraw();
    this.#sendSoon();
    this.#tell();
  }

  #redraw(): void {
    if (this.#isVisible) this.#options.loop.request(this);
  }

  /** True when the size is another than before. */
  #measure(): boolean {
    const { clientWidth: width, clientHeight: height } = this.#options.canvas;
    const isSame = width === this.#sizeCssPx.width && height === this.#sizeCssPx.height;
    this.#sizeCssPx = { width: Math.max(1, width), height: Math.max(1, height) };
    return !isSame;
  }

  #request(): ViewRequest {
    return {
      lens: this.#lens,
      widthDevicePx: devicePx(this.#sizeCssPx.width),
      heightDevicePx: devicePx(this.#sizeCssPx.height),
      xRange: this.#xRange === null ? null : [...this.#xRange],
      yRange: this.#yRange === null ? null : [...this.#yRange],
      at: this.#held ?? "live",
      options: this.#lens === HISTORY_LENS ? historyOptions(this.#axisInForce) : {},
    };
  }

  #send(): void {
    clearTimeout(this.#requestTimer);
    this.#requestTimer = undefined;
    const request = this.#request();
    this.#view.update(request);
    this.#overlays.update(request);
  }

  #sendSoon(): void {
    this.#requestTimer ??= setTimeout(() => this.#send(), REQUEST_MS);
  }
}
