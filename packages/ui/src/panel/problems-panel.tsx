/** The exceptions that the program did not catch, each a card with its frames. */
import type { ProgramException } from "@pyprobe/protocol";
import { baseName } from "../state/anchor-key.ts";
import { typeText } from "../state/program-texts.ts";
import { usePage, usePageState } from "./page-context.ts";

export function ProblemsPanel() {
  const exceptions = usePageState((state) => state.session?.exceptions);
  if (exceptions === undefined || exceptions.length === 0)
    return <p className="drawer-empty">No uncaught exceptions.</p>;
  return (
    <div className="problems">
      {[...exceptions].reverse().map((exception, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an exception has no other identity
        <ExceptionCard key={exceptions.length - index} exception={exception} />
      ))}
    </div>
  );
}

function ExceptionCard({ exception }: { readonly exception: ProgramException }) {
  const { code } = usePage();
  return (
    <article className="problem" data-testid="exception">
      <h3>
        <span aria-hidden="true">✕</span> {typeText(exception.type)}
        {exception.message !== "" && <span className="problem-message">{exception.message}</span>}
        <small>
          {exception.thread} · pid {exception.pid}
        </small>
      </h3>
      <ol>
        {[...exception.frames].reverse().map((frame, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a frame's place is its identity
          <li key={index}>
            <button type="button" onClick={() => code.reveal(frame.file, frame.line)}>
              <span className="frame-place">
                {baseName(frame.file)}:{frame.line}
              </span>
              <span className="frame-function">{frame.function}</span>
            </button>
          </li>
        ))}
      </ol>
    </article>
  );
}
