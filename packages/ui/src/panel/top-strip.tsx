/** The strip on top: what runs, how it stands, what it costs, and the few things that apply to all of it. */

import { formatBytes, formatPercent } from "../scope/format-cost.ts";
import { groupDigits } from "../state/group-digits.ts";
import { isOver, programName, stateWord } from "../state/program-texts.ts";
import { costOf } from "../state/session-model.ts";
import { icons } from "../widget/icons.tsx";
import { Menu, type MenuItem } from "../widget/menu.tsx";
import { InterpreterMenu } from "./interpreter-menu.tsx";
import { usePage, usePageState } from "./page-context.ts";
import { useTheme } from "./theme.ts";

export function TopStrip() {
  const page = usePage();
  const [theme, toggleTheme] = useTheme();
  return (
    <header className="top-strip" data-region="top">
      <span className="brand">
        <img src="./favicon.svg" alt="" width="18" height="18" />
        <span className="brand-name">PyProbe</span>
      </span>
      <ProcessChip />
      <RunButtons />
      <InterpreterMenu />
      <span className="strip-space" />
      <CostMeter />
      <button
        type="button"
        className="icon-button"
        aria-label="Commands"
        title="Commands (Ctrl+K)"
        data-testid="open-palette"
        onClick={() => page.store.setState({ overlay: "palette" })}
      >
        {icons.search}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={theme === "dark" ? "Light theme" : "Dark theme"}
        title={theme === "dark" ? "Light theme" : "Dark theme"}
        data-testid="theme"
        onClick={toggleTheme}
      >
        {theme === "dark" ? icons.sun : icons.moon}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label="Keys"
        title="Keys (?)"
        data-testid="open-keys"
        onClick={() => page.store.setState({ overlay: "keys" })}
      >
        <b aria-hidden="true">?</b>
      </button>
    </header>
  );
}

const notConnected = { shape: "◌", word: "not connected", tone: "waiting" } as const;

function ProcessChip() {
  const { client, actions } = usePage();
  const session = usePageState((state) => state.session);
  const sessions = usePageState((state) => state.sessions);
  const link = usePageState((state) => state.link);
  if (session === null) {
    const text = link.kind === "open" ? "No program" : "Connecting to the engine…";
    return <span className="process-chip is-waiting">{text}</span>;
  }
  const { info } = session;
  // What was last heard of it is not how it stands.
  const { shape, word, tone } = link.kind === "open" ? stateWord(info.state, session.wasStopped) : notConnected;
  const processes = info.targets.length + (info.earlierTargets ?? 0);
  const target = info.targets.find((candidate) => candidate.parent === null) ?? info.targets[0];
  // Of a program that can run, the chooser beside says the version.
  const version = info.state.kind === "recorded" && target !== undefined ? ` · Python ${target.python}` : "";
  const details = target === undefined ? "" : `pid ${target.pid}${version}`;
  const chip = (
    <>
      <span className={`process-dot is-${tone}`} aria-hidden="true">
        {shape}
      </span>
      <b className="process-name">{programName(info)}</b>
      <span className="process-word" data-testid="session-state">
        {word}
      </span>
      {details !== "" && <span className="process-details">{details}</span>}
      {processes > 1 && <span className="process-details">+{processes - 1} processes</span>}
      {info.recording !== null && (
        <span className="chip is-quiet" title={`Recorded in ${info.recording}`}>
          ● rec
        </span>
      )}
    </>
  );
  const title = `${[programName(info), ...info.args].join(" ")}\nin ${info.cwd}`;
  if (sessions.length < 2) {
    return (
      <span className="process-chip" title={title} data-testid="process-chip">
        {chip}
      </span>
    );
  }
  const items: MenuItem[] = sessions.map((other) => ({
    id: other.id,
    label: programName(other),
    hint: stateWord(other.state).word,
    isChosen: other.id === info.id,
    onTake: () => void client.choose(other.id),
  }));
  const isLive = !isOver(info.state) && info.state.kind !== "recorded";
  items.push({
    id: "close-session",
    label: `Close ${programName(info)}`,
    hint: isLive ? "stops the program" : "",
    onTake: () => void actions.close(),
  });
  return (
    <Menu label={title} items={items} className="process-chip is-button" testId="process-chip">
      {chip}
      {icons.down}
    </Menu>
  );
}

function RunButtons() {
  const { actions } = usePage();
  const state = usePageState((page) => page.session?.info.state);
  const isConnected = usePageState((page) => page.link.kind === "open");
  if (state === undefined || state.kind === "recorded") return null;
  return (
    <fieldset className="run-buttons" aria-label="Program" disabled={!isConnected}>
      {isOver(state) ? (
        <button
          type="button"
          className="button is-primary"
          data-testid="run"
          title="Run again with the same probes"
          onClick={() => void actions.restart()}
        >
          {icons.run} Run
        </button>
      ) : (
        <>
          {state.kind === "stopping" ? (
            <button
              type="button"
              className="button"
              data-testid="kill"
              title="It was asked to stop and has not ended yet: end it at once (SIGKILL)"
              onClick={() => void actions.stop({ force: true })}
            >
              {icons.stop} Kill
            </button>
          ) : (
            <button
              type="button"
              className="button"
              data-testid="stop"
              title="Stop the program (SIGINT, then SIGTERM, then SIGKILL)"
              onClick={() => void actions.stop()}
            >
              {icons.stop} Stop
            </button>
          )}
          <button
            type="button"
            className="button"
            data-testid="restart"
            title="Stop and run again with the same probes"
            aria-label="Restart"
            onClick={() => void actions.restart()}
          >
            {icons.restart}
          </button>
        </>
      )}
    </fieldset>
  );
}

function CostMeter() {
  const session = usePageState((state) => state.session);
  const isConnected = usePageState((state) => state.link.kind === "open");
  if (!isConnected) return null;
  // Of a recording the chip of the process says that it is one, and nothing costs anything.
  if (session === null || session.info.state.kind === "recorded") return null;
  const { overhead, bytesPerS } = costOf(session);
  const kept = `${formatBytes(session.log.bytes)} of ${formatBytes(session.log.maxBytes)} of captures kept`;
  const dropped = session.log.dropped > 0 ? `, ${groupDigits(session.log.dropped)} older ones dropped` : "";
  if (isOver(session.info.state)) {
    if (session.log.bytes === 0) return null;
    return (
      <span className="cost-meter" data-testid="cost-meter" title={`${kept}${dropped}`}>
        {formatBytes(session.log.bytes)} kept
      </span>
    );
  }
  return (
    <span
      className="cost-meter"
      data-testid="cost-meter"
      title={`What probing costs the program now, and how much arrives.\nBudget in mode auto: ${formatPercent(session.limits.budget)} of its time.\n${kept}${dropped}`}
    >
      <span className="cost-label">overhead</span> <b>{formatPercent(overhead)}</b>
      <span className="cost-rate">{formatBytes(bytesPerS)}/s</span>
    </span>
  );
}
