/** What a browser remembers: the theme for all programs, and the arrangement for each. Without storage nothing is remembered, and nothing fails. */
import type { AnchorKey } from "./anchor-key.ts";

export type Theme = "dark" | "light";

/** Shares of the window, as the splitters stand; the places of groups and of scopes; a lens, the axis of its history and a colour for each anchor. */
type ProgramSettings = {
  codeShare?: number;
  drawerPx?: number;
  dock?: unknown;
  arrangement?: unknown;
  lenses?: Record<string, string>;
  axes?: Record<string, unknown>;
  colors?: Record<string, number>;
};

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

export class Settings {
  readonly #storage: Storage | undefined;
  #program = "";
  #current: ProgramSettings = {};

  constructor(storage: Storage | undefined) {
    this.#storage = storage;
  }

  get theme(): Theme | null {
    const theme = this.#read("pyprobe.theme");
    return theme === "dark" || theme === "light" ? theme : null;
  }

  set theme(theme: Theme | null) {
    if (theme === null) this.#attempt(() => this.#storage?.removeItem("pyprobe.theme"));
    else this.#write("pyprobe.theme", theme);
  }

  /** Loads what was remembered for a program. */
  openProgram(program: string): void {
    if (program === this.#program) return;
    this.#program = program;
    this.#current = parseSettings(this.#read(this.#key));
  }

  get program(): Readonly<ProgramSettings> {
    return this.#current;
  }

  remember(changed: Partial<ProgramSettings>): void {
    this.#current = { ...this.#current, ...changed };
    if (this.#program !== "") this.#write(this.#key, JSON.stringify(this.#current));
  }

  lensOf(key: AnchorKey): string | null {
    return this.#current.lenses?.[key] ?? null;
  }

  rememberLens(key: AnchorKey, lens: string | null): void {
    const { [key]: _before, ...others } = this.#current.lenses ?? {};
    this.remember({ lenses: lens === null ? others : { ...others, [key]: lens } });
  }

  axisOf(key: AnchorKey): unknown {
    return this.#current.axes?.[key];
  }

  rememberAxis(key: AnchorKey, axis: unknown): void {
    this.remember({ axes: { ...this.#current.axes, [key]: axis } });
  }

  get #key(): string {
    return `pyprobe.program.${this.#program}`;
  }

  #read(key: string): string | null {
    return this.#attempt(() => this.#storage?.getItem(key) ?? null) ?? null;
  }

  #write(key: string, value: string): void {
    this.#attempt(() => this.#storage?.setItem(key, value));
  }

  /** Storage throws where the browser forbids it or where it is full. */
  #attempt<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch {
      return undefined;
    }
  }
}

function parseSettings(text: string | null): ProgramSettings {
  try {
    const parsed: unknown = JSON.parse(text ?? "{}");
    return typeof parsed === "object" && parsed !== null ? (parsed as ProgramSettings) : {};
  } catch {
    return {};
  }
}

/** The browser's storage, or undefined where even asking for it throws. */
export function browserStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}
