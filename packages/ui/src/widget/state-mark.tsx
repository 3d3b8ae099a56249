import type { Mark } from "../state/probe-marks.ts";

/** Shape, word and colour of a probe's state. */
export function StateMark({ mark, series }: { readonly mark: Mark; readonly series: number }) {
  return (
    <span
      className={`state-word series-${series % 8}`}
      title={mark.detail}
      data-testid="scope-state"
      data-state={mark.kind}
    >
      <span className={`state-mark is-${mark.kind}`} aria-hidden="true">
        {mark.shape}
      </span>
      {mark.word}
    </span>
  );
}
