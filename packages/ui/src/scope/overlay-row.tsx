/** The names whose series are drawn on the axes of a scope: what colour each has, and the way back to a scope of its own. */
import { type RefObject, useEffect } from "react";
import { usePage, usePageState } from "../panel/page-context.ts";
import { anchorTitle } from "../state/anchor-key.ts";
import { showAsScope } from "../state/arrangement.ts";
import type { ShownProbe } from "../state/page-store.ts";
import { seriesClass } from "../state/series-colors.ts";
import { overlayLenses } from "./overlays.ts";
import type { ScopeStatus } from "./scope-status.ts";
import type { ScopeView } from "./scope-view.ts";
import { StopWatching } from "./stop-watching.tsx";

/** Hands the overlays to the view, also to one that is mounted later than they are known. */
export function useOverlays(
  view: RefObject<ScopeView | undefined>,
  shown: ShownProbe,
  overlays: readonly ShownProbe[],
): void {
  const colors = usePageState((state) => state.colors);
  const id = shown.probe?.id;
  // The view is mounted anew with the probe's id.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const known = overlays.flatMap(({ key, anchor, probe }) =>
      probe === null ? [] : [{ probe: probe.id, series: colors.get(key) ?? 0, label: anchor.symbol }],
    );
    view.current?.setOverlays(known);
  }, [view, id, overlays, colors]);
}

type RowProps = {
  readonly shown: ShownProbe;
  readonly overlays: readonly ShownProbe[];
  readonly status: ScopeStatus | null;
};

export function OverlayRow({ shown, overlays, status }: RowProps) {
  const isDrawn = status === null || overlayLenses.has(status.lens);
  return (
    <ul className="overlay-row" aria-label={`Drawn over ${shown.anchor.symbol}`}>
      {overlays.map((overlay) => {
        const error = overlay.probe === null ? undefined : status?.overlayErrors.get(overlay.probe.id);
        const refusal = isDrawn ? error : "This lens shows one name. Waveform and Scalar history show several.";
        return <OverlayChip key={overlay.key} overlay={overlay} refusal={refusal} />;
      })}
    </ul>
  );
}

function OverlayChip({ overlay, refusal }: { readonly overlay: ShownProbe; readonly refusal: string | undefined }) {
  const { actions, store } = usePage();
  const { key, anchor } = overlay;
  const series = usePageState((state) => state.colors.get(key) ?? 0);
  return (
    <li
      className={`overlay-chip ${seriesClass(series)}${refusal === undefined ? "" : " is-refused"}`}
      data-testid="overlay-chip"
      data-symbol={anchor.symbol}
    >
      <button
        type="button"
        className="overlay-name"
        title={`${refusal ?? `${anchorTitle(anchor)} is drawn over it.`}\nClick for a scope of its own.`}
        onClick={() => actions.arrange(showAsScope(store.getState().arrangement, key))}
      >
        <span className="scope-swatch" aria-hidden="true" />
        {anchor.symbol}
        {refusal !== undefined && <span className="overlay-refusal">{refusal}</span>}
      </button>
      <StopWatching symbol={anchor.symbol} onClick={() => actions.removeProbe(key)} />
    </li>
  );
}
