/** The drawer at the bottom: what the program wrote and threw, and what the page has said. */

import type { Output } from "@pyprobe/protocol";
import { type CSSProperties, useState } from "react";
import { AnsiLines } from "../state/ansi-lines.ts";
import { textOf } from "../state/output-text.ts";
import { icons } from "../widget/icons.tsx";
import { Splitter } from "../widget/splitter.tsx";
import { MessagesPanel } from "./messages-panel.tsx";
import { OutputPanel } from "./output-panel.tsx";
import { usePage, usePageState } from "./page-context.ts";
import { ProblemsPanel } from "./problems-panel.tsx";

const DRAWER_PX = 190;

export function Drawer() {
  const page = usePage();
  const drawer = usePageState((state) => state.drawer);
  const problems = usePageState((state) => state.session?.exceptions.length ?? 0);
  const messages = usePageState((state) => state.messages.filter((message) => message.level !== "info").length);
  const [heightPx, setHeight] = useState(() => page.settings.program.drawerPx ?? DRAWER_PX);
  const setBounded = (px: number) => {
    const bounded = Math.max(90, Math.min(innerHeight * 0.7, px));
    setHeight(bounded);
    page.settings.remember({ drawerPx: bounded });
  };
  const tabs = [
    { id: "output", label: "Output", count: 0 },
    { id: "problems", label: "Exceptions", count: problems },
    { id: "messages", label: "Messages", count: messages },
  ] as const;
  return (
    <section
      className={`drawer${drawer.isOpen ? " is-open" : ""}`}
      aria-label="Output and messages"
      data-region="drawer"
      style={{ "--drawer-height": `${heightPx}px` } as CSSProperties}
    >
      {drawer.isOpen && (
        <Splitter
          direction="rows"
          label="Height of the drawer"
          percent={(heightPx / innerHeight) * 100}
          onDrag={(placeCssPx) => setBounded(innerHeight - placeCssPx)}
          onStep={(step) => setBounded(heightPx - 24 * step)}
          onReset={() => setBounded(DRAWER_PX)}
        />
      )}
      <div className="drawer-bar">
        <div role="tablist" aria-label="Drawer" className="drawer-tabs">
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              aria-selected={drawer.isOpen && drawer.tab === tab.id}
              data-testid={`drawer-${tab.id}`}
              onClick={() =>
                page.store.setState({ drawer: { isOpen: !(drawer.isOpen && drawer.tab === tab.id), tab: tab.id } })
              }
            >
              {tab.label}
              {tab.count > 0 && <span className="count">{tab.count}</span>}
            </button>
          ))}
        </div>
        {!drawer.isOpen && <LastLine />}
        <button
          type="button"
          className={`icon-button drawer-toggle${drawer.isOpen ? "" : " is-up"}`}
          aria-label={drawer.isOpen ? "Close the drawer" : "Open the drawer"}
          onClick={() => page.store.setState({ drawer: { ...drawer, isOpen: !drawer.isOpen } })}
        >
          {icons.down}
        </button>
      </div>
      {drawer.isOpen && (
        <div className="drawer-body" role="tabpanel">
          {drawer.tab === "output" && <OutputPanel />}
          {drawer.tab === "problems" && <ProblemsPanel />}
          {drawer.tab === "messages" && <MessagesPanel />}
        </div>
      )}
    </section>
  );
}

/** Without the escapes of terminals. */
function lastLineOf(chunk: Output): string {
  const lines = new AnsiLines();
  // Of a long text only its end is seen.
  lines.push({ ...chunk, text: chunk.text.slice(-4_000) });
  const shown = lines.current ?? lines.take().findLast(({ parts }) => parts.length > 0);
  return shown === undefined ? "" : textOf(shown);
}

/** The newest line of output, so that a closed drawer still tells that something came. */
function LastLine() {
  const last = usePageState((state) => state.session?.output.at(-1));
  if (last === undefined) return <span className="last-line" />;
  const line = lastLineOf(last);
  return <span className={`last-line is-${last.stream}`}>{line}</span>;
}
