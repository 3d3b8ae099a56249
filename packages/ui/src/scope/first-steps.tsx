/** The empty scope area: one sentence, and three names worth a click. */
import type { SourceSymbols } from "@pyprobe/protocol";
import { useSuggestions } from "../code/use-suggestions.ts";
import { usePage, usePageState } from "../panel/page-context.ts";
import { anchorOf } from "../state/anchor-key.ts";
import { isOver } from "../state/program-texts.ts";

export function FirstSteps() {
  const { actions } = usePage();
  const file = usePageState((state) => state.activeFile);
  const opened = usePageState((state) => (state.activeFile === null ? undefined : state.open.get(state.activeFile)));
  const suggested = useSuggestions();
  const isRecorded = usePageState((state) => state.session?.info.state.kind === "recorded");
  const hasEnded = usePageState((state) => state.session !== null && isOver(state.session.info.state));
  const hasPython = usePageState((state) => state.session?.info.interpreter !== null);
  if (file === null || opened === undefined) return null;
  return (
    <div className="first-steps" data-testid="first-steps">
      <FirstPicture />
      <p className="first-sentence">{firstSentence(opened.symbols, { isRecorded, isOver: hasEnded, hasPython })}</p>
      {suggested.length > 0 && (
        <p className="first-names">
          <span>For example</span>
          {suggested.map((symbol) => (
            <button
              key={`${symbol.line}:${symbol.column}`}
              type="button"
              className="name-button"
              data-testid="suggestion"
              onClick={() => actions.watchInScope(anchorOf(file, symbol))}
            >
              <code>{symbol.symbol}</code>
              <small>line {symbol.line}</small>
            </button>
          ))}
        </p>
      )}
    </div>
  );
}

type Standing = { readonly isRecorded: boolean; readonly isOver: boolean; readonly hasPython: boolean };

function firstSentence(symbols: SourceSymbols, { isRecorded, isOver, hasPython }: Standing): string {
  if (isRecorded) return "Nothing was watched while this was recorded.";
  if (isOver && !hasPython)
    return "Choose a Python above. It finds the names that can be clicked, and runs the program.";
  if (symbols.error !== undefined)
    return `Line ${symbols.error.line} does not parse. When it is saved right, its names can be clicked.`;
  if (symbols.symbols.every((symbol) => symbol.reason !== undefined)) return "No name in this file can be watched.";
  if (isOver) return "Click any underlined name, then Run. It will appear here.";
  return "Click any underlined name. It will appear here.";
}

/** An idle scope's screen. */
function FirstPicture() {
  return (
    <svg className="first-picture" viewBox="0 0 240 96" width="240" height="96" fill="none" aria-hidden="true">
      <rect x="0.5" y="0.5" width="239" height="95" rx="6" stroke="var(--line)" />
      <path d="M0 48h240M60 0v96M120 0v96M180 0v96" stroke="var(--grid)" />
      <path
        d="M8 48h52c16 0 18-30 30-30s18 60 30 60 18-60 30-60 14 30 30 30h52"
        stroke="var(--faint)"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
    </svg>
  );
}
