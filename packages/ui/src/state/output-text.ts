/** The output of a program in blocks of lines: only the last one changes, the others are drawn once. Follows the store's list of chunks. */
import type { Output } from "@pyprobe/protocol";
import { AnsiLines, type Line } from "./ansi-lines.ts";

export const BLOCK_LINES = 100;
/** More than these are not kept: the oldest go. */
const BLOCKS = 200;

export type Block = { readonly id: number; readonly lines: readonly Line[] };
export type OutputBlocks = { readonly blocks: readonly Block[]; readonly current: Line | null };

export class OutputText {
  #lines = new AnsiLines();
  #blocks: readonly Block[] = [];
  #last: Output | undefined;
  #nextId = 0;

  /** `output` as it is now: what was read of it before is not read again. */
  read(output: readonly Output[]): OutputBlocks {
    const at = this.#last === undefined ? -1 : output.lastIndexOf(this.#last);
    if (at < 0) {
      this.#lines = new AnsiLines();
      this.#blocks = [];
    }
    for (const chunk of output.slice(at + 1)) this.#lines.push(chunk);
    this.#last = output.at(-1);
    this.#append(this.#lines.take());
    return { blocks: this.#blocks, current: this.#lines.current };
  }

  #append(lines: readonly Line[]): void {
    if (lines.length === 0) return;
    const blocks = [...this.#blocks];
    let rest = lines;
    const last = blocks.at(-1);
    if (last !== undefined && last.lines.length < BLOCK_LINES) {
      const room = BLOCK_LINES - last.lines.length;
      blocks[blocks.length - 1] = { ...last, lines: [...last.lines, ...rest.slice(0, room)] };
      rest = rest.slice(room);
    }
    for (; rest.length > 0; rest = rest.slice(BLOCK_LINES)) {
      blocks.push({ id: this.#nextId, lines: rest.slice(0, BLOCK_LINES) });
      this.#nextId += 1;
    }
    this.#blocks = blocks.slice(-BLOCKS);
  }
}

export function textOf({ parts }: Line): string {
  return parts.map(({ text }) => text).join("");
}

/** The newest lines that hold `words`, in any case, at most `count`. Pure. */
export function findLines(
  { blocks, current }: OutputBlocks,
  words: string,
  count: number,
): { readonly lines: readonly Line[]; readonly total: number } {
  const wanted = words.toLowerCase();
  const all = [...blocks.flatMap(({ lines }) => lines), ...(current === null ? [] : [current])];
  const found = all.filter((line) => textOf(line).toLowerCase().includes(wanted));
  return { lines: found.slice(-count), total: found.length };
}
