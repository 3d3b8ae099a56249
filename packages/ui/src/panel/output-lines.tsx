/** Lines of output as they are drawn: parts with the looks of a terminal, matches marked. */
import { type CSSProperties, memo, type ReactNode } from "react";
import type { Line, Look, Part } from "../state/ansi-lines.ts";
import { BLOCK_LINES, type Block } from "../state/output-text.ts";

/** Drawn once: blocks that are full stay the same object. */
export const OutputBlock = memo(function OutputBlock({ block }: { readonly block: Block }) {
  return (
    <div className={`output-block${block.lines.length === BLOCK_LINES ? " is-full" : ""}`}>
      {block.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is what it is known by
        <OutputLine key={index} line={line} />
      ))}
    </div>
  );
});

export const OutputLine = memo(function OutputLine({
  line,
  words = "",
}: {
  readonly line: Line;
  readonly words?: string;
}) {
  return (
    <div className="output-line">
      {line.parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part's place is what it is known by
        <PartText key={index} part={part} words={words} />
      ))}
      {"\n"}
    </div>
  );
});

function PartText({ part, words }: { readonly part: Part; readonly words: string }) {
  return (
    <span className={`is-${part.stream}${classesOf(part.look)}`} style={styleOf(part.look)}>
      {words === "" ? part.text : marked(part.text, words)}
    </span>
  );
}

function marked(text: string, words: string): ReactNode[] {
  const parts: ReactNode[] = [];
  const lower = text.toLowerCase();
  const wanted = words.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>);
    from = at + wanted.length;
  }
  return [...parts, text.slice(from)];
}

function classesOf({ color, background, isBold, isDim, isItalic, isUnderlined }: Look): string {
  return [
    typeof color === "number" ? `ansi-${color}` : "",
    typeof background === "number" ? `ansi-on-${background}` : "",
    isBold ? "is-bold" : "",
    isDim ? "is-dim" : "",
    isItalic ? "is-italic" : "",
    isUnderlined ? "is-underlined" : "",
  ]
    .filter(Boolean)
    .map((name) => ` ${name}`)
    .join("");
}

function styleOf({ color, background }: Look): CSSProperties | undefined {
  if (typeof color !== "string" && typeof background !== "string") return undefined;
  return {
    ...(typeof color === "string" && { color }),
    ...(typeof background === "string" && { background }),
  };
}
