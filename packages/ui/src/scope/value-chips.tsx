/** The names of which only the value is watched: one chip each, above the scopes. Values are written straight into the text. */
import { useEffect, useRef } from "react";
import { usePage, usePageState } from "../panel/page-context.ts";
import { anchorTitle } from "../state/anchor-key.ts";
import { showAsScope } from "../state/arrangement.ts";
import type { ShownProbe } from "../state/page-store.ts";
import { doingsOf, type Mark, markOf } from "../state/probe-marks.ts";
import { seriesClass } from "../state/series-colors.ts";
import { useNow } from "../widget/use-now.ts";
import { StopWatching } from "./stop-watching.tsx";

export function ValueChips({ probes }: { readonly probes: readonly ShownProbe[] }) {
  return (
    <ul className="value-chips" aria-label="Values">
      {probes.map((shown) => (
        <ValueChip key={shown.key} shown={shown} />
      ))}
    </ul>
  );
}

function ValueChip({ shown }: { readonly shown: ShownProbe }) {
  const { actions, store } = usePage();
  const { key, anchor, probe } = shown;
  const nowMs = useNow(1_000);
  const session = usePageState((state) => state.session);
  const series = usePageState((state) => state.colors.get(key) ?? 0);
  if (session === null) return null;
  const mark = markOf(probe, session.info.state, doingsOf(session, probe, nowMs));
  return (
    <li className={`value-chip ${seriesClass(series)}`} data-testid="value-chip" data-symbol={anchor.symbol}>
      <button
        type="button"
        className="value-chip-name"
        title={`${anchorTitle(anchor)}: ${mark.word}, ${mark.detail}\nClick for a scope.`}
        onClick={() => actions.arrange(showAsScope(store.getState().arrangement, key))}
      >
        <span className="scope-swatch" aria-hidden="true" />
        <b>{anchor.symbol}</b>
        <ChipText shown={shown} mark={mark} />
      </button>
      <StopWatching symbol={anchor.symbol} onClick={() => actions.removeProbe(key)} />
    </li>
  );
}

function ChipText({ shown, mark }: { readonly shown: ShownProbe; readonly mark: Mark }) {
  const { values } = usePage();
  const text = useRef<HTMLSpanElement>(null);
  const id = shown.probe?.id;
  useEffect(() => {
    const write = () => {
      const value = id === undefined ? undefined : values.find(id);
      if (text.current !== null && value !== undefined) text.current.textContent = `= ${value.text}`;
    };
    write();
    return values.onChanged(write);
  }, [values, id]);
  return (
    <>
      {mark.kind !== "live" && mark.kind !== "throttled" && (
        <span className={`state-mark is-${mark.kind}`} role="img" aria-label={mark.word}>
          {mark.shape}
        </span>
      )}
      <span ref={text} className="value-chip-text" />
    </>
  );
}
