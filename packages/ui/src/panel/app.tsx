/** The page: strip, code, scopes, drawer, and what lies over them. */
import { type CSSProperties, useCallback, useEffect, useRef, useState } from "react";
import { CodePane } from "../code/code-pane.tsx";
import { ScopesDock } from "../scope/scopes-dock.tsx";
import { programKey, programName, stateWord } from "../state/program-texts.ts";
import { Splitter } from "../widget/splitter.tsx";
import { Banner } from "./banner.tsx";
import { Drawer } from "./drawer.tsx";
import { KeyOverlay } from "./key-overlay.tsx";
import { NameMenu } from "./name-menu.tsx";
import { usePage, usePageState } from "./page-context.ts";
import { Palette } from "./palette.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { StartScreen } from "./start-screen.tsx";
import { Toasts } from "./toasts.tsx";
import { TopStrip } from "./top-strip.tsx";

const CODE_SHARE = 38;

export function App() {
  const overlay = usePageState((state) => state.overlay);
  const hasSession = usePageState((state) => state.session !== null);
  const [announcement, setAnnouncement] = useState("");
  const announce = useCallback((text: string) => setAnnouncement(text), []);
  useDocumentTitle();
  useShortcuts();
  return (
    <div className="page">
      <TopStrip />
      <Banner />
      {hasSession ? <Main announce={announce} /> : <StartScreen />}
      <Toasts />
      <NameMenu />
      {overlay === "palette" && <Palette />}
      {overlay === "keys" && <KeyOverlay />}
      <div className="visually-hidden" aria-live="polite" data-testid="announcer">
        {announcement}
      </div>
    </div>
  );
}

function Main({ announce }: { readonly announce: (text: string) => void }) {
  const page = usePage();
  const program = usePageState((state) => (state.session === null ? "" : programKey(state.session.info)));
  const narrowPage = usePageState((state) => state.narrowPage);
  const count = usePageState((state) => state.session?.probes.size ?? 0);
  const main = useRef<HTMLDivElement>(null);
  const [codeShare, setCodeShare] = useState(() => page.settings.program.codeShare ?? CODE_SHARE);
  useEffect(() => {
    page.settings.openProgram(program);
    setCodeShare(page.settings.program.codeShare ?? CODE_SHARE);
  }, [page, program]);
  const setShare = (share: number) => {
    const bounded = Math.max(20, Math.min(75, share));
    setCodeShare(bounded);
    page.settings.remember({ codeShare: bounded });
  };
  const onDrag = (placeCssPx: number) => {
    const rect = main.current?.getBoundingClientRect();
    if (rect !== undefined) setShare(((placeCssPx - rect.left) / rect.width) * 100);
  };
  return (
    <>
      <div className="narrow-switch" role="tablist" aria-label="Page">
        {(["code", "scopes"] as const).map((which) => (
          <button
            key={which}
            type="button"
            role="tab"
            aria-selected={narrowPage === which}
            data-testid={`narrow-${which}`}
            onClick={() => page.store.setState({ narrowPage: which })}
          >
            {which === "code" ? "Code" : `Scopes${count > 0 ? ` (${count})` : ""}`}
          </button>
        ))}
      </div>
      <main
        ref={main}
        className={`main shows-${narrowPage}`}
        style={{ "--code-share": `${codeShare}%` } as CSSProperties}
      >
        <CodePane announce={announce} />
        <Splitter
          direction="columns"
          label="Width of the code"
          percent={codeShare}
          onDrag={onDrag}
          onStep={(step) => setShare(codeShare + 2 * step)}
          onReset={() => setShare(CODE_SHARE)}
        />
        <ScopesDock />
      </main>
      <Drawer />
    </>
  );
}

function useDocumentTitle(): void {
  const title = usePageState(({ session }) =>
    session === null
      ? "PyProbe"
      : `${programName(session.info)} · ${stateWord(session.info.state, session.wasStopped).word} · PyProbe`,
  );
  useEffect(() => {
    document.title = title;
  }, [title]);
}
