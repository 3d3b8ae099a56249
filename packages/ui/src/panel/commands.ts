/** Everything that can be asked for by name: what the palette lists. */
import { lenses } from "@pyprobe/lens";
import { historyAxes, windowText } from "../scope/history-axis.ts";
import { anchorOf, anchorTitle, baseName } from "../state/anchor-key.ts";
import { type ShownProbe, shownProbes } from "../state/page-store.ts";
import { canStop, isOver, programName, stateWord } from "../state/program-texts.ts";
import type { Command } from "./command.ts";
import { interpretersToChoose, shortProblem } from "./interpreter-menu.tsx";
import { moveCommands } from "./move-commands.ts";
import type { Page } from "./page-context.ts";

/** Names listed at most; typing narrows down all of them. */
const NAMES = 2_000;

export function commandsOf(page: Page, toggleTheme: () => void): readonly Command[] {
  return [
    // Whoever opens the palette and presses Enter by habit must not have stopped the program.
    ...scopeCommands(page),
    ...viewCommands(page, toggleTheme),
    ...programCommands(page),
    ...fileCommands(page),
    ...nameCommands(page),
  ];
}

function programCommands({ store, client, actions }: Page): Command[] {
  const state = store.getState().session?.info.state;
  const noProgram = state === undefined ? "no program" : state.kind === "recorded" ? "this is a recording" : undefined;
  const refused = (refusal: string | undefined) => (refusal === undefined ? {} : { refusal });
  return [
    {
      id: "run",
      title: "Run",
      group: "Program",
      ...refused(noProgram ?? (state !== undefined && isOver(state) ? undefined : "it is running")),
      run: () => void actions.restart(),
    },
    {
      id: "stop",
      title: "Stop",
      group: "Program",
      ...refused(noProgram ?? (state !== undefined && canStop(state) ? undefined : "it is not running")),
      run: () => void actions.stop(),
    },
    { id: "restart", title: "Restart", group: "Program", ...refused(noProgram), run: () => void actions.restart() },
    ...pythonCommands(store, actions),
    ...sessionCommands(store, client, actions),
  ];
}

function pythonCommands(store: Page["store"], actions: Page["actions"]): Command[] {
  const { interpreters, session } = store.getState();
  if (session === null || session.info.state.kind === "recorded") return [];
  return interpretersToChoose(interpreters, session.info.interpreter).map(({ path, version, problem }) => ({
    id: `python-${path}`,
    title: `Run with Python ${version ?? "?"}  ${path}`,
    group: "Program",
    ...(problem === undefined ? {} : { refusal: shortProblem(problem, path) }),
    run: () => void actions.restart(path),
  }));
}

function sessionCommands(store: Page["store"], client: Page["client"], actions: Page["actions"]): Command[] {
  const { sessions, session } = store.getState();
  if (session === null || sessions.length < 2) return [];
  const others = sessions.filter((info) => info.id !== session.info.id);
  return [
    ...others.map(
      (info): Command => ({
        id: `session-${info.id}`,
        title: `Go to session ${programName(info)}, ${stateWord(info.state).word}`,
        group: "Program",
        run: () => void client.choose(info.id),
      }),
    ),
    {
      id: "close-session",
      title: `Close the session ${programName(session.info)}`,
      group: "Program",
      run: () => void actions.close(),
    },
  ];
}

function scopeCommands(page: Page): Command[] {
  const { store, scopes, actions } = page;
  const { session, wishes, focusedScope } = store.getState();
  const shown = shownProbes(session, wishes);
  const focused = shown.find((probe) => probe.key === focusedScope);
  const visits: Command[] = shown.map((probe) => ({
    id: `scope-${probe.key}`,
    title: `Go to scope ${anchorTitle(probe.anchor)}`,
    group: "Scope",
    run: () => {
      store.setState({ narrowPage: "scopes", focusedScope: probe.key });
      requestAnimationFrame(() => scopes.focus(probe.key));
    },
  }));
  if (focused === undefined) return [...visits, undoCommand(actions)];
  return [
    ...visits,
    ...lensCommands(page, focused),
    ...axisCommands(page, focused),
    ...handCommands(page, focused),
    ...moveCommands(page, focused),
    undoCommand(actions),
  ];
}

function lensCommands({ scopes, settings }: Page, { key, anchor }: ShownProbe): Command[] {
  return lenses.map((lens) => ({
    id: `lens-${lens.id}`,
    title: `Lens of ${anchor.symbol}: ${lens.title}`,
    group: "Scope",
    run: () => {
      settings.rememberLens(key, lens.id);
      scopes.find(key)?.view()?.chooseLens(lens.id);
    },
  }));
}

/** What a history runs over; nothing while another lens shows the scope. */
function axisCommands({ scopes, settings }: Page, { key, anchor }: ShownProbe): Command[] {
  const view = scopes.find(key)?.view();
  if (!view?.status.axis) return [];
  return historyAxes.map((axis) => ({
    id: `axis-${axis.x}-${axis.window ?? "all"}`,
    title: `History of ${anchor.symbol}: ${windowText(axis).toLowerCase()}`,
    group: "Scope",
    run: () => {
      settings.rememberAxis(key, axis);
      view.chooseAxis(axis);
    },
  }));
}

function handCommands({ scopes, actions }: Page, { key, anchor }: ShownProbe): Command[] {
  const view = () => scopes.find(key)?.view();
  return [
    {
      id: "hold",
      title: `Hold or go live: ${anchor.symbol}`,
      group: "Scope",
      keys: "Space",
      run: () => view()?.hold(!view()?.status.isHeld),
    },
    { id: "fit", title: `Fit ${anchor.symbol}`, group: "Scope", keys: "F", run: () => view()?.fit() },
    {
      id: "remove",
      title: `Stop watching ${anchorTitle(anchor)}`,
      group: "Scope",
      keys: "Del",
      run: () => actions.removeProbe(key),
    },
  ];
}

function undoCommand(actions: Page["actions"]): Command {
  return {
    id: "undo",
    title: "Undo the last removal or move",
    group: "Scope",
    keys: "Ctrl+Z",
    run: () => actions.undo(),
  };
}

function viewCommands({ store, code }: Page, toggleTheme: () => void): Command[] {
  const show = (tab: "output" | "problems" | "messages") => () => store.setState({ drawer: { isOpen: true, tab } });
  return [
    { id: "theme", title: "Switch between dark and light", group: "View", run: toggleTheme },
    { id: "find", title: "Find in the code", group: "View", keys: "/", run: () => code.search() },
    { id: "output", title: "Show output", group: "View", run: show("output") },
    { id: "exceptions", title: "Show exceptions", group: "View", run: show("problems") },
    { id: "messages", title: "Show messages", group: "View", keys: "Shift+M", run: show("messages") },
    { id: "keys", title: "Show keys", group: "View", keys: "?", run: () => store.setState({ overlay: "keys" }) },
  ];
}

function fileCommands({ store, client }: Page): Command[] {
  return store.getState().files.map((file) => ({
    id: `file-${file}`,
    title: `Open ${baseName(file)}  ${file}`,
    group: "File",
    run: () => void client.openFile(file),
  }));
}

/** The names of the file shown, each once: a choice goes there and marks it. */
function nameCommands({ store, code }: Page): Command[] {
  const { activeFile, open } = store.getState();
  const symbols = activeFile === null ? undefined : open.get(activeFile)?.symbols;
  if (activeFile === null || symbols === undefined) return [];
  const seen = new Set<string>();
  const commands: Command[] = [];
  for (const symbol of symbols.symbols) {
    const name = `${symbol.function} ${symbol.symbol}`;
    if (symbol.reason !== undefined || seen.has(name) || commands.length >= NAMES) continue;
    seen.add(name);
    const { line, column } = anchorOf(activeFile, symbol);
    const where = symbol.function === "" ? "" : ` in ${symbol.function}`;
    commands.push({
      id: `name-${line}-${column}`,
      title: `${symbol.symbol}${where}, line ${line}`,
      group: "Name",
      run: () => {
        code.reveal(activeFile, line, column);
        code.focus();
      },
    });
  }
  return commands;
}

/** The commands that hold all the words, those that begin with the first one in front. Pure. */
export function matchCommands(commands: readonly Command[], query: string): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const first = words[0];
  if (first === undefined) return commands.filter((command) => command.group !== "Name");
  const found = commands.filter(({ title, group }) => {
    const text = `${title} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const begins = (command: Command) => (command.title.toLowerCase().startsWith(first) ? 0 : 1);
  return found.sort((a, b) => begins(a) - begins(b));
}
