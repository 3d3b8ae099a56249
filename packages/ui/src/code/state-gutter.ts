/** One mark for each watched line: shape, colour and a word on hover. Of several probes on a line the most urgent one shows. */
import { RangeSet } from "@codemirror/state";
import { GutterMarker, gutter } from "@codemirror/view";
import type { Mark, MarkKind } from "../state/probe-marks.ts";
import { seriesClass } from "../state/series-colors.ts";
import { type CodeProbe, probesField } from "./probes-field.ts";

const urgency: readonly MarkKind[] = ["failed", "throttled", "armed", "held", "stale", "live", "ended"];

class StateMarker extends GutterMarker {
  readonly #probes: readonly CodeProbe[];

  constructor(probes: readonly CodeProbe[]) {
    super();
    this.#probes = probes;
  }

  override eq(other: StateMarker): boolean {
    return this.#text() === other.#text();
  }

  override toDOM(): HTMLElement {
    const { mark, series } = this.#first();
    const dom = document.createElement("span");
    dom.className = `state-mark is-${mark.kind} ${seriesClass(series)}`;
    dom.dataset.testid = "gutter-mark";
    dom.dataset.state = mark.kind;
    dom.textContent = mark.shape;
    dom.title = this.#probes.map(titleOf).join("\n");
    dom.setAttribute("role", "img");
    dom.setAttribute("aria-label", `${this.#first().symbol} ${mark.word}`);
    return dom;
  }

  #first(): CodeProbe {
    const byUrgency = (a: CodeProbe, b: CodeProbe) => urgency.indexOf(a.mark.kind) - urgency.indexOf(b.mark.kind);
    const [first] = [...this.#probes].sort(byUrgency);
    if (first === undefined) throw new Error("Cannot mark line: no probe is on it");
    return first;
  }

  /** What it looks like, live counts aside: those must not rebuild it. */
  #text(): string {
    return this.#probes
      .map(({ key, series, mark }) => `${key}|${series}|${mark.kind}|${mark.kind === "failed" ? mark.detail : ""}`)
      .join("\n");
  }
}

/** Counts are left out: the marker is not rebuilt when only they change. */
function titleOf({ symbol, mark }: CodeProbe): string {
  const isCounting = mark.kind === "live" || mark.kind === "stale" || mark.kind === "throttled";
  return `${symbol}: ${mark.word}${isCounting ? "" : `, ${mark.detail}`}`;
}

const movedMark: Mark = {
  kind: "failed",
  shape: "▲",
  word: "line changed",
  detail: "the program runs the text as it was; restart it to follow the edit",
};

export const stateGutter = gutter({
  class: "cm-state-gutter",
  markers: (view) => {
    const byLine = new Map<number, CodeProbe[]>();
    const { list, moved } = view.state.field(probesField);
    for (const probe of list) {
      if (probe.line > view.state.doc.lines) continue;
      const shown = moved.has(probe.key) && probe.mark.kind !== "failed" ? { ...probe, mark: movedMark } : probe;
      const onLine = byLine.get(probe.line);
      if (onLine === undefined) byLine.set(probe.line, [shown]);
      else onLine.push(shown);
    }
    const markers = [...byLine].map(([line, probes]) => new StateMarker(probes).range(view.state.doc.line(line).from));
    return RangeSet.of(markers, true);
  },
  initialSpacer: () => new SpacerMarker(),
});

class SpacerMarker extends GutterMarker {
  override toDOM(): Node {
    return document.createTextNode("●");
  }
}
