/** A scope's foot: which capture it is, what was reduced and skipped on the way, how fast they come and what they cost. */

import type { ProbeCounters, Reduction } from "@pyprobe/protocol";
import type { RefObject } from "react";
import { usePage, usePageState } from "../panel/page-context.ts";
import { groupDigits } from "../state/group-digits.ts";
import type { ShownProbe } from "../state/page-store.ts";
import { ratioText, skippedSentences, skippedTotal } from "../state/probe-marks.ts";
import { isRunning } from "../state/program-texts.ts";
import type { Counts } from "../state/recent-counts.ts";
import { formatBytes, formatNanoseconds, formatRate, shortCount } from "./format-cost.ts";
import { HistoryMenu } from "./history-menu.tsx";
import { ModeMenu } from "./mode-menu.tsx";
import type { ScopeStatus } from "./scope-status.ts";
import type { ScopeView } from "./scope-view.ts";
import { tagChips } from "./tag-variety.ts";

type FootProps = {
  readonly shown: ShownProbe;
  readonly status: ScopeStatus | null;
  readonly counters: ProbeCounters | undefined;
  /** Of the last second. */
  readonly recent: Counts;
  /** Captures that came since it was held; null while it is live. */
  readonly newer: number | null;
  readonly view: RefObject<ScopeView | undefined>;
  /** Others are drawn on its axes. */
  readonly isShared: boolean;
  readonly onCondition: () => void;
};

export function ScopeFoot({ shown, status, counters, recent, newer, view, onCondition, isShared }: FootProps) {
  const { actions, settings } = usePage();
  const isOver = usePageState((state) => state.session !== null && !isRunning(state.session.info.state));
  const isRecorded = usePageState((state) => state.session?.info.state.kind === "recorded");
  return (
    <footer className="scope-foot">
      <Facts status={status} newer={newer} onLive={() => view.current?.hold(false)} />
      {counters !== undefined && <Counters counters={counters} recent={recent} isOver={isOver} />}
      {status?.axis && (
        <HistoryMenu
          axis={status.axis}
          isShared={isShared}
          onChoose={(axis) => {
            settings.rememberAxis(shown.key, axis);
            view.current?.chooseAxis(axis);
          }}
        />
      )}
      {!isRecorded && (
        <ModeMenu
          mode={shown.probe?.mode ?? { kind: "auto" }}
          onChoose={(mode) => void actions.setMode(shown.key, mode)}
          onCondition={onCondition}
        />
      )}
    </footer>
  );
}

type FactsProps = Pick<FootProps, "status" | "newer"> & { readonly onLive: () => void };

/** What there is no room for is left out whole, the tags first. */
function Facts({ status, newer, onLive }: FactsProps) {
  const capture = status?.capture ?? null;
  const chips = capture === null || status === null ? [] : tagChips(status.variety, capture.tags);
  return (
    <span className="scope-facts">
      {capture !== null && (
        <span
          className="scope-capture"
          title={[
            `Capture ${capture.seq} of the process, hit ${capture.tags.hit} of call ${capture.tags.call}`,
            ...chips,
          ].join("\n")}
          data-testid="scope-capture"
        >
          #{groupDigits(capture.seq)}
        </span>
      )}
      {newer !== null && (
        <button type="button" className="chip is-strong" onClick={onLive} data-testid="scope-live">
          {newer > 0 ? `${shortCount(newer)} newer · ` : ""}Live
        </button>
      )}
      {status?.reduction && (
        <span className="chip is-quiet" title={reductionTitle(status.reduction)} data-testid="reduction">
          {reductionText(status.reduction)}
        </span>
      )}
      {chips.map((chip) => (
        <span key={chip.split(" ")[0]} className="chip is-quiet">
          {chip}
        </span>
      ))}
    </span>
  );
}

type CountersProps = { readonly counters: ProbeCounters; readonly recent: Counts; readonly isOver: boolean };

/** What happened in the last second, with the sums of the run on hover. Once the program is over those are what tells. */
function Counters({ counters, recent, isOver }: CountersProps) {
  const { captures, bytesPerS, lost, rateHz, costNs } = counters;
  const shown = isOver ? counters : recent;
  const lines = [
    `${groupDigits(captures)} captures in this run, ${formatBytes(bytesPerS)}/s`,
    ...skippedSentences(counters.skipped),
    ...(lost > 0 ? [`${groupDigits(lost)} captures were made and lost on the way`] : []),
  ];
  return (
    <span className="scope-counters" title={lines.join("\n")} data-testid="scope-counters">
      {skippedTotal(shown.skipped) > 0 && (
        <span>
          <b>◑</b> {ratioText(shown)}
        </span>
      )}
      {lost > 0 && <span className="is-warning">▲ {shortCount(lost)} lost</span>}
      <span>{isOver ? countText(captures) : formatRate(rateHz)}</span>
      {!isOver && costNs > 0 && <span className="scope-cost">{formatNanoseconds(costNs)}/hit</span>}
    </span>
  );
}

function countText(captures: number): string {
  return captures === 1 ? "1 capture" : `${shortCount(captures)} captures`;
}

const kinds: Readonly<Record<Reduction["kind"], { readonly word: string; readonly sentence: string }>> = {
  min_max: { word: "min/max", sentence: "each pixel column shows its extremes" },
  density: { word: "density", sentence: "points are counted where they fall" },
  stride: { word: "stride", sentence: "only every n-th element was captured" },
  tail: { word: "newest", sentence: "only the newest are shown" },
  rows: { word: "rows", sentence: "the first curves of many" },
};

function reductionText(reduction: Reduction): string {
  return `${shortCount(reduction.from)} → ${shortCount(reduction.to)} ${kinds[reduction.kind].word}`;
}

function reductionTitle(reduction: Reduction): string {
  const { sentence } = kinds[reduction.kind];
  return `${groupDigits(reduction.from)} values are drawn with ${groupDigits(reduction.to)}: ${sentence}`;
}
