/**
 * What a program writes, as lines of coloured parts: the SGR escapes of terminals become looks, all other escapes are left out, a
 * carriage return begins its line anew, as progress bars do. Reads on where it stopped, also within an escape. Owned by who shows it.
 */
import type { Output } from "@pyprobe/protocol";

export type Look = {
  /** 0 to 15: a colour of the theme; else a CSS colour. */
  readonly color: number | string | null;
  readonly background: number | string | null;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
};
export type Part = { readonly text: string; readonly stream: Output["stream"]; readonly look: Look };
export type Line = { readonly parts: readonly Part[] };

export const plainLook: Look = {
  color: null,
  background: null,
  isBold: false,
  isDim: false,
  isItalic: false,
  isUnderlined: false,
};

// The control characters are what this is about.
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const ESCAPE = /\x1b(?:\[([0-9;:]*)([ -/]*[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-Z\\^-~])/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const CONTROL = /[\x1b\r\n\b]/g;
/** An escape that goes on for longer is none. */
const LONGEST_ESCAPE = 4_096;

export class AnsiLines {
  #done: Line[] = [];
  #parts: Part[] = [];
  #isReturned = false;
  readonly #looks: Record<Output["stream"], Look> = { stdout: plainLook, stderr: plainLook };
  readonly #rests: Record<Output["stream"], string> = { stdout: "", stderr: "" };

  push({ text, stream }: Output): void {
    const all = this.#rests[stream] + text;
    this.#rests[stream] = "";
    let from = 0;
    while (from < all.length) {
      CONTROL.lastIndex = from;
      const until = CONTROL.exec(all)?.index ?? all.length;
      this.#write(all.slice(from, until), stream);
      if (until === all.length) return;
      from = this.#control(all, until, stream);
    }
  }

  /** The lines that are complete and were not taken before. */
  take(): readonly Line[] {
    const taken = this.#done;
    this.#done = [];
    return taken;
  }

  /** The line that is being written. */
  get current(): Line | null {
    return this.#parts.length === 0 ? null : { parts: this.#parts };
  }

  /** Gives where to go on. */
  #control(all: string, at: number, stream: Output["stream"]): number {
    if (all[at] === "\n") {
      this.#done.push({ parts: this.#parts });
      this.#parts = [];
      this.#isReturned = false;
    } else if (all[at] === "\r") this.#isReturned = true;
    else if (all[at] === "\x1b") return this.#escape(all, at, stream);
    return at + 1;
  }

  #escape(all: string, at: number, stream: Output["stream"]): number {
    ESCAPE.lastIndex = at;
    const found = ESCAPE.exec(all);
    if (found !== null) {
      if (found[2] === "m") this.#looks[stream] = lookAfter(this.#looks[stream], found[1] ?? "");
      return ESCAPE.lastIndex;
    }
    // The rest of it may be on its way.
    if (all.length - at < LONGEST_ESCAPE && !all.slice(at).includes("\n")) {
      this.#rests[stream] = all.slice(at);
      return all.length;
    }
    return at + 1;
  }

  #write(text: string, stream: Output["stream"]): void {
    if (text === "") return;
    const before = this.#isReturned ? [] : this.#parts;
    this.#isReturned = false;
    // A new array: what was given out as the last line stays as it was.
    this.#parts = [...before, { text, stream, look: this.#looks[stream] }];
  }
}

/** The look after an SGR escape with these parameters. Pure. */
export function lookAfter(before: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  let look = before;
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes.slice(i + 1));
      i += used;
      if (color !== undefined) look = code === 38 ? { ...look, color } : { ...look, background: color };
    } else look = { ...look, ...changeOf(code) };
  }
  return look;
}

function changeOf(code: number): Partial<Look> {
  if (code >= 30 && code <= 37) return { color: code - 30 };
  if (code >= 90 && code <= 97) return { color: code - 82 };
  if (code >= 40 && code <= 47) return { background: code - 40 };
  if (code >= 100 && code <= 107) return { background: code - 92 };
  return changes[code] ?? {};
}

const changes: Readonly<Record<number, Partial<Look>>> = {
  0: plainLook,
  1: { isBold: true },
  2: { isDim: true },
  3: { isItalic: true },
  4: { isUnderlined: true },
  22: { isBold: false, isDim: false },
  23: { isItalic: false },
  24: { isUnderlined: false },
  39: { color: null },
  49: { background: null },
};

/** `5;n` of the 256 colours, `2;r;g;b`; and how many parameters that took. */
function extendedColor([kind, ...rest]: readonly number[]): readonly [
  color: number | string | undefined,
  used: number,
] {
  if (kind === 5) return [paletteColor(rest[0] ?? 0), 2];
  if (kind === 2) return [`rgb(${rest.slice(0, 3).map(byte).join(" ")})`, 4];
  return [undefined, 0];
}

function paletteColor(n: number): number | string {
  if (n < 16) return byte(n);
  if (n >= 232)
    return `rgb(${Array(3)
      .fill(byte(8 + 10 * (n - 232)))
      .join(" ")})`;
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = n - 16;
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(" ")})`;
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.floor(value) || 0));
}
