import type { Mark } from "../state/probe-marks.ts";
import { seriesClass } from "../state/series-colors.ts";

/** Shape, word and colour of a probe's state. */
export function StateMark({ mark, series }: { readonly mark: Mark; readonly series: number }) {
  return (
    <span
      className={`state-word ${seriesClass(series)}`}
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
