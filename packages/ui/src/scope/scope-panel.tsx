/** One tile of the dock: header, canvas, foot. Mounts the `ScopeView` once the probe has its id, and disposes it. */
import type { CaptureValue, Probe, ProbeId, SessionId, SessionState } from "@pyprobe/protocol";
import { memo, useEffect, useRef, useState } from "react";
import { usePage, usePageState, useSeenPageState } from "../panel/page-context.ts";
import { anchorTitle } from "../state/anchor-key.ts";
import type { ShownProbe } from "../state/page-store.ts";
import { type Mark, markOf } from "../state/probe-marks.ts";
import { recentCounts } from "../state/recent-counts.ts";
import { seriesClass } from "../state/series-colors.ts";
import { icons } from "../widget/icons.tsx";
import { useNow } from "../widget/use-now.ts";
import { VALUE_LENS } from "./choose-lens.ts";
import { ConditionRow } from "./condition-row.tsx";
import { defaultAxis, parseAxis, wholeAxis } from "./history-axis.ts";
import { OverlayRow, useOverlays } from "./overlay-row.tsx";
import { ScopeFoot } from "./scope-foot.tsx";
import { ScopeHeader } from "./scope-header.tsx";
import { useScopeKeys } from "./scope-keys.ts";
import { attachPointer } from "./scope-pointer.ts";
import type { ScopeStatus } from "./scope-status.ts";
import { ScopeView } from "./scope-view.ts";
import { briefText, ValueTree } from "./value-tree.tsx";

type PanelProps = {
  readonly shown: ShownProbe;
  readonly number: number;
  /** Drawn on the axes of this scope. */
  readonly overlays: readonly ShownProbe[];
};

export const ScopePanel = memo(function ScopePanel({ shown, number, overlays }: PanelProps) {
  const page = usePage();
  const { key, anchor, probe } = shown;
  const [isSeen, setSeen] = useState(true);
  const sessionId = usePageState((state) => state.session?.info.id);
  const id = probe?.id;
  const sessionState = useSeenPageState(isSeen, (state) => state.session?.info.state ?? starting);
  const counters = useSeenPageState(isSeen, (state) => (id ? state.session?.counters.get(id) : undefined));
  const freshAtMs = useSeenPageState(isSeen, (state) => (id ? state.session?.freshAtMs.get(id) : undefined));
  const samples = useSeenPageState(isSeen, (state) => (id ? state.session?.samples.get(id) : undefined));
  const nowMs = useNow(isSeen ? 1_000 : null);
  const series = usePageState((state) => state.colors.get(key) ?? 0);
  const isFocused = usePageState((state) => state.focusedScope === key);
  const panel = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const readout = useRef<HTMLOutputElement>(null);
  const view = useRef<ScopeView | undefined>(undefined);
  const [status, setStatus] = useState<ScopeStatus | null>(null);
  const [isLensMenuOpen, setLensMenuOpen] = useState(false);
  const [isConditionOpen, setConditionOpen] = useState(false);
  useMountedView({ canvas, readout, view, shown, series, sessionId, setStatus, setSeen });
  useEffect(() => view.current?.setSeries(series), [series]);
  useOverlays(view, shown, overlays);
  useEffect(() => {
    if (panel.current === null) return;
    const element = panel.current;
    return page.scopes.add({
      key,
      probe: probe?.id,
      element,
      view: () => view.current,
      openLensMenu: () => setLensMenuOpen(true),
    });
  }, [page, key, probe?.id]);
  useFirstValue(probe?.id, status?.value ?? null);
  const onKeyDown = useScopeKeys(key, view, () => setLensMenuOpen(true));

  const quietMs = freshAtMs === undefined ? 0 : nowMs - freshAtMs;
  const recent = recentCounts(samples ?? [], nowMs);
  const mark = markOf(probe, sessionState, { counters, recent, quietMs });
  const newer = useNewer(status?.isHeld ?? false, counters?.captures ?? 0);
  const isValue = status?.lens === VALUE_LENS && status.value !== null && status.error === null;
  return (
    <section
      ref={panel}
      className={`scope ${seriesClass(series)}${isFocused ? " is-focused" : ""}`}
      aria-label={`Scope ${number}: ${anchorTitle(anchor)}, ${mark.word}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scope takes keys (zoom, pan, hold, lens)
      tabIndex={0}
      data-testid="scope"
      data-symbol={anchor.symbol}
      data-state={mark.kind}
      data-lens={status?.lens}
      onFocus={() => page.store.setState({ focusedScope: key })}
      onKeyDown={onKeyDown}
    >
      <ScopeHeader
        shown={shown}
        mark={newer === null ? mark : heldMark}
        series={series}
        status={status}
        view={view}
        lensMenu={{ isOpen: isLensMenuOpen, set: setLensMenuOpen }}
      />
      {overlays.length > 0 && <OverlayRow shown={shown} overlays={overlays} status={status} />}
      <div className="scope-body">
        <canvas ref={canvas} className={isValue ? "is-hidden" : ""} data-testid="scope-canvas" />
        {isValue && status?.value && <ValueTree value={status.value} />}
        <ScopeCover
          status={status}
          mark={mark}
          missed={missedBy(anchor.function, sessionState, probe?.state.kind)}
          onUseValue={() => view.current?.chooseLens(VALUE_LENS)}
        />
        <output ref={readout} className="readout" aria-live="off" />
      </div>
      <ConditionRow
        shown={shown}
        counters={counters}
        field={{ isOpen: isConditionOpen, set: setConditionOpen }}
        isRecorded={sessionState.kind === "recorded"}
      />
      <ScopeFoot
        shown={shown}
        status={status}
        counters={counters}
        recent={recent}
        newer={newer}
        view={view}
        isShared={overlays.length > 0}
        onCondition={() => setConditionOpen(true)}
      />
    </section>
  );
});

const starting: SessionState = { kind: "starting" };

/** The engine sends inline values as they come: a page that comes late, or after the end, has the scope's own value to show. */
function useFirstValue(probe: ProbeId | undefined, value: CaptureValue | null): void {
  const { values } = usePage();
  useEffect(() => {
    if (probe === undefined || value === null || values.find(probe) !== undefined) return;
    values.push([{ probe, text: briefText(value), tNs: 0, captures: 1 }], performance.now());
  }, [values, probe, value]);
}

/** How many captures came since a scope was held; null while it is live. */
function useNewer(isHeld: boolean, captures: number): number | null {
  const [since, setSince] = useState<number | null>(null);
  if (isHeld && since === null) setSince(captures);
  if (!isHeld && since !== null) setSince(null);
  return isHeld ? captures - (since ?? captures) : null;
}

const heldMark: Mark = {
  kind: "held",
  shape: "‖",
  word: "held",
  detail: "The picture stays; captures go on being kept.",
};

type MountOptions = {
  readonly canvas: React.RefObject<HTMLCanvasElement | null>;
  readonly readout: React.RefObject<HTMLOutputElement | null>;
  readonly view: React.RefObject<ScopeView | undefined>;
  readonly shown: ShownProbe;
  readonly series: number;
  readonly sessionId: SessionId | undefined;
  readonly setStatus: (status: ScopeStatus | null) => void;
  readonly setSeen: (isSeen: boolean) => void;
};

/** The view lives as long as the probe's id: not with the colour, the counters or the state. */
function useMountedView({ canvas, readout, view, shown, series, sessionId, setStatus, setSeen }: MountOptions): void {
  const page = usePage();
  const probe: ProbeId | undefined = shown.probe?.id;
  const { symbol } = shown.anchor;
  const isRecorded = usePageState((state) => state.session?.info.state.kind === "recorded");
  const run = usePageState((state) => state.session?.info.run);
  const firstSeries = useRef(series);
  useEffect(() => {
    if (probe === undefined || sessionId === undefined || canvas.current === null || readout.current === null) return;
    const scope = new ScopeView({
      hub: page.hub,
      loop: page.loop,
      theme: page.theme,
      target: { session: sessionId, probe },
      canvas: canvas.current,
      readout: readout.current,
      series: page.store.getState().colors.get(shown.key) ?? firstSeries.current,
      label: symbol,
      lens: page.settings.lensOf(shown.key),
      axis: parseAxis(page.settings.axisOf(shown.key), isRecorded ? wholeAxis : defaultAxis),
    });
    view.current = scope;
    const stopStatus = scope.onStatus(setStatus);
    const detachPointer = attachPointer(canvas.current, scope);
    const observer = new ResizeObserver(() => scope.resize());
    observer.observe(canvas.current);
    const sight = new IntersectionObserver((entries) => {
      const last = entries.at(-1);
      if (last === undefined) return;
      scope.setVisible(last.isIntersecting);
      setSeen(last.isIntersecting);
    });
    sight.observe(canvas.current);
    return () => {
      sight.disconnect();
      observer.disconnect();
      detachPointer();
      stopStatus();
      scope.dispose();
      view.current = undefined;
      setStatus(null);
    };
  }, [page, probe, sessionId, isRecorded, shown.key, symbol, canvas, readout, view, setStatus, setSeen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number of the run is what it depends on
  useEffect(() => view.current?.forgetTags(), [view, run]);
}

/** Why a probe that came late gets nothing any more, so that only another run helps. */
type Missed = "ran_once" | "ended";

function missedBy(inside: string, session: SessionState, probe: Probe["state"]["kind"] | undefined): Missed | null {
  if (session.kind === "ended" && probe !== "failed") return "ended";
  return inside === "" && session.kind === "running" && probe === "armed" ? "ran_once" : null;
}

type CoverProps = {
  readonly status: ScopeStatus | null;
  readonly mark: ReturnType<typeof markOf>;
  readonly missed: Missed | null;
  readonly onUseValue: () => void;
};

/** What stands in place of a picture while there is none, and why. */
function ScopeCover({ status, mark, missed, onUseValue }: CoverProps) {
  const { actions } = usePage();
  if (status?.error) {
    return (
      <div className="scope-cover is-error" role="alert" data-testid="scope-error">
        <p>✕ {status.error}</p>
        {status.lens !== VALUE_LENS && (
          <button type="button" className="button" onClick={onUseValue}>
            Show as value
          </button>
        )}
      </div>
    );
  }
  if (status?.capture) return null;
  return (
    <div className="scope-cover" data-testid="scope-waiting">
      <p>
        <span className={`state-mark is-${mark.kind}`} aria-hidden="true">
          {mark.shape}
        </span>{" "}
        {coverText(mark)}
      </p>
      {missed === "ran_once" && <p className="cover-note">Code at module level mostly runs once, at the start.</p>}
      {missed !== null && (
        <button type="button" className="button" data-testid="cover-restart" onClick={() => void actions.restart()}>
          {icons.restart} {missed === "ended" ? "Run again to catch it" : "Restart to catch it"}
        </button>
      )}
    </div>
  );
}

function coverText(mark: Mark): string {
  switch (mark.kind) {
    case "failed":
      return mark.detail;
    case "armed":
      return `armed, ${mark.detail}`;
    case "ended":
      return `${mark.word}: ${mark.detail}`;
    default:
      // It has captures; the first picture of them is on its way.
      return "reading…";
  }
}
