/**
 * The series that are laid over a scope's own: a view of the engine each, with the same request. Only the newest packet of each is kept;
 * they are drawn when the scope draws. Owned by the scope's view, which disposes it.
 */
import type { Overlays as OverlaysToDraw } from "@pyprobe/lens";
import type { ProbeId, SessionId, ViewPacket, ViewRequest } from "@pyprobe/protocol";
import type { OpenView, ViewHub } from "../link/view-hub.ts";
import type { ThemeColors } from "./theme-colors.ts";

export type OverlaySeries = { readonly probe: ProbeId; readonly series: number; readonly label: string };
export type OverlayPacket = OverlaySeries & { readonly packet: ViewPacket };

/** Lenses that draw lines, and so can draw several. */
export const overlayLenses: ReadonlySet<string> = new Set(["waveform", "history"]);

/** As a lens draws them, in the colours of the theme in force. */
export function overlaysToDraw(
  { theme, label }: { readonly theme: ThemeColors; readonly label: string },
  others: readonly OverlayPacket[],
): OverlaysToDraw {
  return {
    label,
    others: others.map((other) => {
      const { series: color, seriesAlternate: colorAlternate } = theme.of(other.series);
      return { packet: other.packet, label: other.label, color, colorAlternate };
    }),
  };
}

type Laid = { readonly view: OpenView; wanted: OverlaySeries; packet: ViewPacket | undefined };

export class Overlays {
  readonly #hub: ViewHub;
  readonly #session: SessionId;
  readonly #onPacket: () => void;
  readonly #laid = new Map<ProbeId, Laid>();

  constructor(hub: ViewHub, session: SessionId, onPacket: () => void) {
    this.#hub = hub;
    this.#session = session;
    this.#onPacket = onPacket;
  }

  /** Shows exactly these. */
  set(wanted: readonly OverlaySeries[], request: ViewRequest): void {
    for (const [probe, laid] of this.#laid) {
      if (wanted.some((series) => series.probe === probe)) continue;
      laid.view.close();
      this.#laid.delete(probe);
    }
    for (const series of wanted) {
      const known = this.#laid.get(series.probe);
      if (known === undefined) this.#open(series, request);
      else known.wanted = series;
    }
  }

  update(request: ViewRequest): void {
    for (const { view } of this.#laid.values()) view.update(request);
  }

  /** The newest pictures of the lens in force. */
  packets(lens: string): readonly OverlayPacket[] {
    return [...this.#laid.values()].flatMap(({ wanted, packet }) =>
      packet === undefined ||
      packet.head.lens !== lens ||
      packet.head.error !== undefined ||
      packet.head.capture === null
        ? []
        : [{ ...wanted, packet }],
    );
  }

  /** Why some of them are not drawn. */
  get errors(): ReadonlyMap<ProbeId, string> {
    const errors = [...this.#laid].flatMap(([probe, { packet }]) =>
      packet?.head.error === undefined ? [] : [[probe, packet.head.error] as const],
    );
    return new Map(errors);
  }

  acknowledge(): void {
    for (const { view } of this.#laid.values()) view.acknowledge();
  }

  dispose(): void {
    for (const { view } of this.#laid.values()) view.close();
    this.#laid.clear();
  }

  #open(wanted: OverlaySeries, request: ViewRequest): void {
    const target = { session: this.#session, probe: wanted.probe };
    const view = this.#hub.open(target, request, {
      onPacket: (packet) => {
        laid.packet = packet;
        this.#onPacket();
      },
      // The probe's own mark says what is wrong with it.
      onRefused: () => {},
    });
    const laid: Laid = { view, wanted, packet: undefined };
    this.#laid.set(wanted.probe, laid);
  }
}
