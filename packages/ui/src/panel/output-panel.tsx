/** What the program wrote, and a line to write to it. Follows the end unless it was scrolled away from it. */
import { type FormEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { groupDigits } from "../state/group-digits.ts";
import { findLines, type OutputBlocks, OutputText } from "../state/output-text.ts";
import { icons } from "../widget/icons.tsx";
import { OutputBlock, OutputLine } from "./output-lines.tsx";
import { usePage, usePageState } from "./page-context.ts";

const nothing: OutputBlocks = { blocks: [], current: null };
/** Lines shown of those that were looked for. */
const FOUND_LINES = 1_000;

export function OutputPanel() {
  const output = usePageState((state) => state.session?.output);
  const dropped = usePageState((state) => state.session?.outputDropped ?? 0);
  const isRunning = usePageState((state) => state.session?.info.state.kind === "running");
  const [text] = useState(() => new OutputText());
  const shown = useMemo(() => (output === undefined ? nothing : text.read(output)), [text, output]);
  const [words, setWords] = useState("");
  const { log, isFollowing, onScroll, toEnd } = useFollowedEnd(shown);
  const found = useMemo(() => (words === "" ? null : findLines(shown, words, FOUND_LINES)), [shown, words]);
  return (
    <div className="output">
      <FindLine words={words} total={found?.total ?? null} onChange={setWords} />
      <div
        ref={log}
        className="output-log"
        data-testid="output"
        onScroll={onScroll}
        role="log"
        aria-label="Output of the program"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keys
        tabIndex={0}
      >
        {dropped > 0 && (
          <div className="output-dropped">{groupDigits(dropped)} earlier characters are no longer kept</div>
        )}
        {output?.length === 0 && <div className="output-dropped">The program has written nothing yet.</div>}
        {found === null ? <AllLines shown={shown} /> : <FoundLines found={found} words={words} />}
      </div>
      {!isFollowing && (
        <button type="button" className="button to-end" data-testid="output-to-end" onClick={toEnd}>
          {icons.down} Newest
        </button>
      )}
      {isRunning && <InputLine />}
    </div>
  );
}

function AllLines({ shown }: { readonly shown: OutputBlocks }) {
  return (
    <>
      {shown.blocks.map((block) => (
        <OutputBlock key={block.id} block={block} />
      ))}
      {shown.current !== null && <OutputLine line={shown.current} />}
    </>
  );
}

function FoundLines({ found, words }: { readonly found: ReturnType<typeof findLines>; readonly words: string }) {
  if (found.total === 0) return <div className="output-dropped">No line holds it.</div>;
  return found.lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is what it is known by
    <OutputLine key={index} line={line} words={words} />
  ));
}

/** Stays at the end while it is there; where a person has scrolled up, it stays where it is. */
function useFollowedEnd(shown: OutputBlocks) {
  const log = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const toEnd = () => {
    if (log.current !== null) log.current.scrollTop = log.current.scrollHeight;
  };
  /** What comes into sight on the way there may be higher than was thought. */
  const goToEnd = () => {
    setFollowing(true);
    toEnd();
    requestAnimationFrame(toEnd);
  };
  // With every change of what is shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    if (isFollowing) toEnd();
  }, [shown, isFollowing]);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = log.current ?? {};
    setFollowing(scrollHeight - scrollTop - clientHeight < 12);
  };
  return { log, isFollowing, onScroll, toEnd: goToEnd };
}

type FindProps = {
  readonly words: string;
  readonly total: number | null;
  readonly onChange: (words: string) => void;
};

function FindLine({ words, total, onChange }: FindProps) {
  return (
    <div className="output-find">
      {icons.search}
      <input
        value={words}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || words === "") return;
          event.stopPropagation();
          onChange("");
        }}
        aria-label="Show only lines with"
        placeholder="find"
        data-testid="output-find"
        spellCheck={false}
        autoComplete="off"
      />
      <span role="status">{total === null ? "" : total === 1 ? "1 line" : `${groupDigits(total)} lines`}</span>
    </div>
  );
}

function InputLine() {
  const { actions } = usePage();
  const [text, setText] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    void actions.sendInput(`${text}\n`);
    setText("");
  };
  return (
    <form className="input-line" onSubmit={send}>
      <span aria-hidden="true">›</span>
      <input
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-label="Standard input of the program"
        placeholder="standard input"
        data-testid="stdin"
        spellCheck={false}
        autoComplete="off"
      />
      <button
        type="button"
        className="button"
        title="Close standard input (end of file)"
        onClick={() => void actions.sendInput(text, { end: true })}
      >
        End of file
      </button>
    </form>
  );
}
