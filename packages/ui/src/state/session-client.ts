/**
 * Keeps the store equal to the engine: lists the sessions, subscribes to one, applies its events, opens its files. After each
 * (re)connection everything is asked for again, so a late page and one that was cut off see the same.
 */
import type { Dispose } from "@pyprobe/base";
import { type ApiEvent, CallError, type SessionId, type SessionInfo } from "@pyprobe/protocol";
import { type EngineLink, LinkClosedError, type LinkState } from "../link/engine-link.ts";
import type { LiveValues } from "./live-values.ts";
import { type PageStore, say } from "./page-store.ts";
import { applyEvent, modelOf } from "./session-model.ts";

/** How often to look for a session while there is none. */
const LOOK_MS = 1_500;

export class SessionClient {
  readonly #link: EngineLink;
  readonly #store: PageStore;
  readonly #values: LiveValues;
  readonly #disposers: Dispose[];
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each subscription; replies of earlier ones are out of date. */
  #generation = 0;
  readonly #loading = new Map<string, Promise<void>>();

  constructor(link: EngineLink, store: PageStore, values: LiveValues) {
    this.#link = link;
    this.#store = store;
    this.#values = values;
    this.#disposers = [
      link.on("state", (state) => this.#onLink(state)),
      link.on("event", (event) => this.#onEvent(event)),
      link.on("unreadable", (reason) => say(store, "error", reason)),
    ];
  }

  dispose(): void {
    clearTimeout(this.#lookTimer);
    for (const dispose of this.#disposers) dispose();
  }

  /** Shows another session. */
  async choose(id: SessionId): Promise<void> {
    if (this.#store.getState().session?.info.id !== id) {
      this.#values.clear();
      this.#store.setState({
        session: null,
        wishes: new Map(),
        tabs: [],
        open: new Map(),
        files: [],
        activeFile: null,
      });
    }
    await this.#subscribe(id);
  }

  /** Opens a file in a tab and brings it to the front. */
  async openFile(file: string): Promise<void> {
    const { session, open, tabs } = this.#store.getState();
    if (session === null) return;
    if (!tabs.includes(file)) this.#store.setState({ tabs: [...tabs, file] });
    this.#store.setState({ activeFile: file });
    if (!open.has(file)) await this.#loadFile(session.info.id, file);
  }

  closeFile(file: string): void {
    const { tabs, activeFile } = this.#store.getState();
    const rest = tabs.filter((tab) => tab !== file);
    const next = activeFile === file ? (rest[Math.max(0, tabs.indexOf(file) - 1)] ?? null) : activeFile;
    this.#store.setState({ tabs: rest, activeFile: next });
  }

  #onLink(state: LinkState): void {
    this.#store.setState((before) => ({ link: state, wasEverOpen: before.wasEverOpen || state.kind === "open" }));
    clearTimeout(this.#lookTimer);
    if (state.kind === "open") void this.#look();
  }

  /** Finds the session to show: the one shown before, the one in the address, else the newest. Looks again until there is one. */
  async #look(): Promise<void> {
    const sessions = await this.#attempt(this.#link.call("session.list", {}));
    if (sessions === undefined) return;
    this.#store.setState({ sessions, hasListed: true });
    const wanted = this.#store.getState().session?.info.id ?? location.hash.slice(1);
    const chosen = sessions.find((info) => info.id === wanted) ?? sessions.at(-1);
    if (chosen !== undefined) await this.choose(chosen.id);
    if (this.#store.getState().session !== null || this.#link.state.kind !== "open") return;
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  async #subscribe(id: SessionId): Promise<void> {
    clearTimeout(this.#lookTimer);
    this.#generation += 1;
    const generation = this.#generation;
    const snapshot = await this.#attempt(this.#link.call("session.subscribe", { session: id }));
    if (snapshot === undefined || generation !== this.#generation) return;
    const isNew = this.#store.getState().session?.info.id !== id;
    // What is shown stays until it is read anew: a hand may be in it.
    this.#store.setState({ session: modelOf(snapshot, Date.now()), wishes: new Map() });
    // A page that comes after the fact shows what it would have shown; one that comes back leaves things as they were put.
    if (isNew && snapshot.exceptions.length > 0) this.#showExceptions();
    await this.#loadFiles(id);
    // Only now: each interpreter is started to be asked for its version, which would keep the code waiting.
    if (generation === this.#generation) await this.#loadInterpreters(snapshot.info);
  }

  async #loadFiles(id: SessionId): Promise<void> {
    const { activeFile, tabs, session } = this.#store.getState();
    const main = session?.info.mainFile ?? null;
    const first = activeFile ?? main;
    if (first !== null) await this.#openAnew(id, first);
    for (const tab of tabs) if (tab !== first) void this.#loadFile(id, tab);
    const files = await this.#attempt(this.#link.call("source.list", { session: id }));
    if (files === undefined) return;
    this.#store.setState({ files });
    if (first === null && files[0] !== undefined) await this.openFile(files[0]);
  }

  /** Also a file that is shown already is read: the engine may be another one than before. */
  async #openAnew(id: SessionId, file: string): Promise<void> {
    const isKnown = this.#store.getState().open.has(file);
    await this.openFile(file);
    if (isKnown) await this.#loadFile(id, file);
  }

  async #loadInterpreters(info: SessionInfo): Promise<void> {
    if (info.state.kind === "recorded") return;
    const near = info.mainFile ?? info.cwd;
    const interpreters = await this.#attempt(this.#link.call("interpreter.list", { near }));
    if (interpreters !== undefined) this.#store.setState({ interpreters });
  }

  /** A file that is being read is not asked for a second time. */
  #loadFile(id: SessionId, file: string): Promise<void> {
    const key = `${this.#generation} ${id} ${file}`;
    const loading = this.#loading.get(key) ?? this.#readFile(id, file).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  async #readFile(id: SessionId, file: string): Promise<void> {
    try {
      const opened = await this.#link.call("source.open", { session: id, file });
      this.#store.setState((state) => ({
        open: new Map(state.open).set(file, opened),
        fileErrors: withoutKey(state.fileErrors, file),
      }));
    } catch (cause) {
      if (cause instanceof LinkClosedError) return;
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#store.setState((state) => ({ fileErrors: new Map(state.fileErrors).set(file, reason) }));
    }
  }

  #onEvent(event: ApiEvent): void {
    const { session } = this.#store.getState();
    if (event.method === "session.changed") this.#onInfo(event.params.info);
    if (event.method === "session.closed") this.#onClosed(event.params.session);
    if (event.method === "notice") say(this.#store, event.params.level, event.params.message);
    if (session === null || ("session" in event.params && event.params.session !== session.info.id)) return;
    if (event.method === "probe.values") this.#values.push(event.params.values, performance.now());
    if (event.method === "source.changed") {
      const { file, text, symbols } = event.params;
      this.#store.setState((state) => ({ open: new Map(state.open).set(file, { text, symbols }) }));
    }
    if (event.method === "session.exception" && session.info.state.kind === "running") {
      this.#showExceptions();
    }
    const next = applyEvent(session, event, Date.now());
    if (next !== session) this.#store.setState({ session: next });
  }

  /** Whoever closed it: another one is shown in its place. */
  #onClosed(id: SessionId): void {
    const { session, sessions } = this.#store.getState();
    this.#store.setState({ sessions: sessions.filter((known) => known.id !== id) });
    if (session?.info.id !== id) return;
    this.#values.clear();
    this.#store.setState({ session: null, wishes: new Map(), tabs: [], open: new Map(), files: [], activeFile: null });
    void this.#look();
  }

  #showExceptions(): void {
    this.#store.setState({ drawer: { isOpen: true, tab: "problems" } });
  }

  /** A new run begins without the last one's values; a first session is shown as soon as it is known. */
  #onInfo(info: SessionInfo): void {
    const { session, sessions } = this.#store.getState();
    const isKnown = sessions.some((known) => known.id === info.id);
    const updated = isKnown ? sessions.map((known) => (known.id === info.id ? info : known)) : [...sessions, info];
    this.#store.setState({ sessions: updated });
    if (session === null) {
      if (!isKnown) void this.choose(info.id);
      return;
    }
    if (session.info.id !== info.id) return;
    if (session.info.run !== info.run) this.#values.clear();
    const { open, tabs } = this.#store.getState();
    // Another Python finds other names, and where there was none there were no names at all.
    if (session.info.interpreter?.path !== info.interpreter?.path)
      for (const tab of tabs) if (open.has(tab)) void this.#loadFile(info.id, tab);
    const main = info.mainFile;
    if (main !== null && !open.has(main)) void this.openFile(main);
  }

  /** The result, or undefined when it was refused or cut off; a refusal is said. */
  async #attempt<T>(promise: Promise<T>): Promise<T | undefined> {
    try {
      return await promise;
    } catch (cause) {
      if (cause instanceof CallError) say(this.#store, "error", cause.message);
      else if (!(cause instanceof LinkClosedError)) throw cause;
      return undefined;
    }
  }
}

function withoutKey<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
