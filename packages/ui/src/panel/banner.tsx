/** What stands between the strip and the rest while something is wrong: the engine is gone, the program ended badly or never started. */
import { useEffect, useState } from "react";
import type { LinkState } from "../link/engine-link.ts";
import { exceptionText, isOver, pageReason, programName, stateWord } from "../state/program-texts.ts";
import { CopyButton } from "../widget/copy-button.tsx";
import { commandIn } from "./command-in.ts";
import { InterpreterMenu } from "./interpreter-menu.tsx";
import { usePage, usePageState } from "./page-context.ts";

export function Banner() {
  const link = usePageState((state) => state.link);
  const wasEverOpen = usePageState((state) => state.wasEverOpen);
  if (link.kind !== "open" && (wasEverOpen || link.kind === "waiting")) return <LinkBanner link={link} />;
  return <ProgramBanner />;
}

function LinkBanner({ link }: { readonly link: Exclude<LinkState, { kind: "open" }> }) {
  const page = usePage();
  const hasData = usePageState((state) => state.session !== null);
  const seconds = useSecondsUntil(link.kind === "waiting" ? link.retryAtMs : null);
  const when =
    link.kind === "connecting" ? "Connecting…" : seconds > 0 ? `Next attempt in ${seconds} s` : "Connecting…";
  return (
    <div className="banner is-error" role="status" data-testid="link-banner">
      <span>
        <b>✕ The engine does not answer.</b>{" "}
        {link.kind === "waiting" && link.reason !== undefined ? link.reason : hasData && "What was shown last stays."}{" "}
        {when}
      </span>
      <button type="button" className="button" disabled={link.kind !== "waiting"} onClick={() => page.link.retryNow()}>
        Connect now
      </button>
    </div>
  );
}

function ProgramBanner() {
  const { actions, store } = usePage();
  const session = usePageState((state) => state.session);
  const areFramesShown = usePageState(({ drawer }) => drawer.isOpen && drawer.tab === "problems");
  if (session === null || !isOver(session.info.state)) return null;
  const { info, exceptions } = session;
  const { state } = info;
  if (state.kind === "failed") {
    const command = commandIn(state.message);
    return (
      <div className="banner is-error" role="alert" data-testid="program-banner">
        <span>
          <b>✕ {programName(info)} was not started.</b> {pageReason(state.message)}
        </span>
        {isAboutPython(state.message) && <InterpreterMenu isAsked />}
        {command !== undefined && <CopyButton text={command} label="Copy command" />}
        <button type="button" className="button" onClick={() => void actions.restart()}>
          Try again
        </button>
      </div>
    );
  }
  const last = exceptions.at(-1);
  const { shape, word, tone } = stateWord(state, session.wasStopped);
  // A clean end is said in the strip, where Run is too.
  if (tone === "ended" && last === undefined) return null;
  const at = new Date(session.changedAtMs).toLocaleTimeString("en-GB");
  return (
    <div className={`banner is-${tone}`} role="status" data-testid="program-banner">
      <span>
        <b>
          {shape} Process {word}
        </b>{" "}
        <span className="banner-time">{at}</span>
        {last !== undefined && ` · ${exceptionText(last)}`}
      </span>
      {last !== undefined && !areFramesShown && (
        <button
          type="button"
          className="button"
          onClick={() => store.setState({ drawer: { isOpen: true, tab: "problems" } })}
        >
          Show frames
        </button>
      )}
      <button type="button" className="button" data-testid="banner-restart" onClick={() => void actions.restart()}>
        Run again
      </button>
    </div>
  );
}

/** Another Python may be what helps. */
function isAboutPython(message: string): boolean {
  return /--python|Python|interpreter/.test(message);
}

function useSecondsUntil(atMs: number | null): number {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (atMs === null) return;
    const timer = setInterval(() => setTick((tick) => tick + 1), 500);
    return () => clearInterval(timer);
  }, [atMs]);
  return atMs === null ? 0 : Math.max(0, Math.ceil((atMs - Date.now()) / 1000));
}
