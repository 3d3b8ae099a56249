/** In place of code and scopes while there is no session. */
import { CopyButton } from "../widget/copy-button.tsx";
import { usePageState } from "./page-context.ts";

const COMMAND = "npx pyprobe run your_script.py";

export function StartScreen() {
  const link = usePageState((state) => state.link);
  const hasListed = usePageState((state) => state.hasListed);
  if (link.kind !== "open" || !hasListed) return <div className="start" aria-busy="true" />;
  return (
    <div className="start" data-testid="no-session">
      <h1>No program is being watched</h1>
      <p>Start one from a terminal. It appears here by itself.</p>
      <p className="command">
        <code>{COMMAND}</code>
        <CopyButton text={COMMAND} label="Copy" />
      </p>
      <p className="start-note">
        A recording opens with <code>npx pyprobe open run.pyprobe</code>
      </p>
    </div>
  );
}
