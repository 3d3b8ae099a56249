/** The left side: file tabs, breadcrumb, the code. */

import type { Anchor, SourceSymbol } from "@pyprobe/protocol";
import { useEffect, useMemo, useRef, useState } from "react";
import { usePage, usePageState } from "../panel/page-context.ts";
import type { Actions } from "../state/actions.ts";
import { anchorKey, anchorOf, baseName } from "../state/anchor-key.ts";
import { shownProbes } from "../state/page-store.ts";
import { doingsOf, markOf } from "../state/probe-marks.ts";
import { exceptionText } from "../state/program-texts.ts";
import { icons } from "../widget/icons.tsx";
import { useNow } from "../widget/use-now.ts";
import { Breadcrumb } from "./breadcrumb.tsx";
import type { WatchAs } from "./code-context.ts";
import { CodeEditor } from "./editor.ts";
import type { LineProblem } from "./exception-lines.ts";
import type { CodeProbe } from "./probes-field.ts";
import { recordedSymbols } from "./recorded-symbols.ts";
import { useSuggestions } from "./use-suggestions.ts";

export function CodePane({ announce }: { readonly announce: (text: string) => void }) {
  const activeFile = usePageState((state) => state.activeFile);
  const error = usePageState((state) =>
    state.activeFile === null ? undefined : state.fileErrors.get(state.activeFile),
  );
  const isOpen = usePageState((state) => state.activeFile !== null && state.open.has(state.activeFile));
  const [line, setLine] = useState(1);
  return (
    <section className="code" aria-label="Code" data-region="code">
      <FileTabs />
      <Breadcrumb line={line} />
      {error !== undefined && (
        <p className="code-note is-error" role="alert">
          ✕ {error}
        </p>
      )}
      {activeFile !== null && !isOpen && error === undefined && (
        <p className="code-note">Reading {baseName(activeFile)}…</p>
      )}
      <EditorHost announce={announce} onLine={setLine} />
    </section>
  );
}

function FileTabs() {
  const { client } = usePage();
  const tabs = usePageState((state) => state.tabs);
  const active = usePageState((state) => state.activeFile);
  const probes = usePageState((state) => state.session?.probes);
  const watched = useMemo(() => new Set([...(probes?.values() ?? [])].map((probe) => probe.anchor.file)), [probes]);
  return (
    <div className="tabs" role="tablist" aria-label="Files">
      {tabs.map((file) => (
        <div key={file} className={`tab${file === active ? " is-active" : ""}`}>
          <button
            type="button"
            role="tab"
            aria-selected={file === active}
            title={`${file}\nRead only: edit it in your own editor, this view follows when you save.`}
            onClick={() => void client.openFile(file)}
          >
            {baseName(file)}
            {file !== active && watched.has(file) && <span className="tab-dot" title="has probes" />}
            {file === active && <span className="tab-note">read-only</span>}
          </button>
          {tabs.length > 1 && (
            <button
              type="button"
              className="tab-close"
              aria-label={`Close ${baseName(file)}`}
              onClick={() => client.closeFile(file)}
            >
              {icons.close}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

type HostProps = { readonly announce: (text: string) => void; readonly onLine: (line: number) => void };

/** Where CodeMirror lives. React gives it whole states and never touches its inside. */
function EditorHost({ announce, onLine }: HostProps) {
  const page = usePage();
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<CodeEditor | null>(null);
  useEffect(() => {
    if (host.current === null) return;
    const made = new CodeEditor(
      host.current,
      {
        values: page.values,
        watch: (anchor, as) => watch(page.actions, anchor, as),
        openLensMenu: (key) => page.scopes.find(key)?.openLensMenu(),
        openNameMenu: (anchor, at) => page.store.setState({ nameMenu: { anchor, ...at } }),
        overlayHost: (key) => page.actions.overlayHost(key)?.anchor.symbol,
        announce,
        describe: (probe) => page.scopes.describe(probe),
      },
      onLine,
    );
    setEditor(made);
    return () => {
      setEditor(null);
      made.destroy();
    };
  }, [page, announce, onLine]);
  const suggested = useSuggestions();
  useShownFile(editor, suggested);
  useEffect(() => {
    const file = page.store.getState().activeFile;
    if (file !== null) editor?.suggest(new Set(suggested.map((symbol) => anchorKey(anchorOf(file, symbol)))));
  }, [editor, page, suggested]);
  useShownProbes(editor);
  useProblems(editor);
  useCommands(editor);
  const isEmpty = usePageState((state) => state.activeFile === null || !state.open.has(state.activeFile));
  return <div ref={host} className={`editor-host${isEmpty ? " is-empty" : ""}`} />;
}

function watch(actions: Actions, anchor: Anchor, as: WatchAs): void {
  if (as === "value") actions.watchValue(anchor);
  else if (as === "overlay") actions.watchOver(anchor);
  else actions.toggleProbe(anchor);
}

/** A file opens where its first probe is, else where the first clicks are suggested. */
function useShownFile(editor: CodeEditor | null, suggested: readonly SourceSymbol[]): void {
  const file = usePageState((state) => state.activeFile);
  const opened = usePageState((state) => (state.activeFile === null ? undefined : state.open.get(state.activeFile)));
  const isRecorded = usePageState((state) => state.session?.info.state.kind === "recorded");
  const probes = usePageState((state) => state.session?.probes);
  const recorded = isRecorded ? probes : undefined;
  const shown = useMemo(() => {
    if (file === null || opened === undefined) return undefined;
    if (recorded === undefined) return { file, ...opened };
    return { file, text: opened.text, symbols: recordedSymbols(opened.symbols, [...recorded.values()]) };
  }, [file, opened, recorded]);
  useEffect(() => {
    if (shown === undefined) return;
    const watched = [...(probes?.values() ?? [])].find(({ anchor }) => anchor.file === shown.file)?.anchor.line;
    editor?.show(shown, watched ?? suggested[Math.floor(suggested.length / 2)]?.line);
  }, [editor, shown, probes, suggested]);
}

function useShownProbes(editor: CodeEditor | null): void {
  const file = usePageState((state) => state.activeFile);
  const opened = usePageState((state) => (state.activeFile === null ? undefined : state.open.get(state.activeFile)));
  const session = usePageState((state) => state.session);
  const wishes = usePageState((state) => state.wishes);
  const colors = usePageState((state) => state.colors);
  const nowMs = useNow(1_000);
  const shown = useRef<{ editor: CodeEditor; file: string | null; look: string } | null>(null);
  useEffect(() => {
    if (editor === null || opened === undefined || session === null) return;
    const probes = shownProbes(session, wishes).filter(({ anchor }) => anchor.file === file);
    const next = probes.map(({ key, anchor, probe }): CodeProbe => {
      const mark = markOf(probe, session.info.state, doingsOf(session, probe, nowMs));
      const { line, column, symbol } = anchor;
      return { key, line, column, symbol, series: colors.get(key) ?? 0, mark, probe };
    });
    // Four times a second counts change, and seldom what is seen of them: only that is worth an update of the view.
    const look = next.map(lookOf).join("\n");
    if (shown.current?.editor === editor && shown.current.file === file && shown.current.look === look) return;
    shown.current = { editor, file, look };
    editor.setProbes(next);
  }, [editor, file, opened, session, wishes, colors, nowMs]);
}

function lookOf({ key, series, mark, probe }: CodeProbe): string {
  return `${key} ${series} ${mark.kind} ${mark.kind === "failed" ? mark.detail : ""} ${probe?.id ?? ""}`;
}

function useProblems(editor: CodeEditor | null): void {
  const file = usePageState((state) => state.activeFile);
  const opened = usePageState((state) => (state.activeFile === null ? undefined : state.open.get(state.activeFile)));
  const exceptions = usePageState((state) => state.session?.exceptions);
  useEffect(() => {
    if (editor === null || opened === undefined) return;
    const problems: LineProblem[] = [];
    const { error } = opened.symbols;
    if (error !== undefined) problems.push({ line: error.line, word: "Syntax error", message: error.message });
    for (const exception of exceptions ?? []) {
      const message = exceptionText(exception);
      const frame = exception.frames.findLast((candidate) => candidate.file === file);
      const line = exception.file === file ? exception.line : (frame?.line ?? null);
      if (line !== null) problems.push({ line, word: "Exception", message });
    }
    editor.setProblems(problems);
  }, [editor, file, opened, exceptions]);
}

function useCommands(editor: CodeEditor | null): void {
  const page = usePage();
  useEffect(() => {
    if (editor === null) return;
    return page.code.attach({
      reveal: (file, line, column) => {
        page.store.setState({ narrowPage: "code" });
        void page.client.openFile(file).then(() => requestAnimationFrame(() => editor.reveal(line, column)));
      },
      focus: () => editor.focus(),
      search: () => editor.openSearch(),
    });
  }, [editor, page]);
}
