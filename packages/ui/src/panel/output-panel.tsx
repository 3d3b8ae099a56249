/** What the program wrote, and a line to write to it. Follows the end unless it was scrolled away from it. */

import type { Output } from "@pyprobe/protocol";
import { type FormEvent, memo, useLayoutEffect, useRef, useState } from "react";
import { groupDigits } from "../state/group-digits.ts";
import { usePage, usePageState } from "./page-context.ts";

export function OutputPanel() {
  const output = usePageState((state) => state.session?.output);
  const dropped = usePageState((state) => state.session?.outputDropped ?? 0);
  const isRunning = usePageState((state) => state.session?.info.state.kind === "running");
  const log = useRef<HTMLPreElement>(null);
  const isFollowing = useRef(true);
  useLayoutEffect(() => {
    if (isFollowing.current && log.current !== null && output !== undefined)
      log.current.scrollTop = log.current.scrollHeight;
  }, [output]);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = log.current ?? {};
    isFollowing.current = scrollHeight - scrollTop - clientHeight < 12;
  };
  return (
    <div className="output">
      <pre
        ref={log}
        className="output-log"
        data-testid="output"
        onScroll={onScroll}
        role="log"
        aria-label="Output of the program"
      >
        {dropped > 0 && (
          <span className="output-dropped">
            {groupDigits(dropped)} earlier characters are no longer kept{"\n"}
          </span>
        )}
        {output?.map((chunk, index) => (
          // Chunks are only appended; when old ones leave, all are drawn anew.
          // biome-ignore lint/suspicious/noArrayIndexKey: a chunk has no other identity
          <Chunk key={index} chunk={chunk} />
        ))}
        {output?.length === 0 && <span className="output-dropped">The program has written nothing yet.</span>}
      </pre>
      {isRunning && <InputLine />}
    </div>
  );
}

const Chunk = memo(function Chunk({ chunk }: { readonly chunk: Output }) {
  return <span className={`is-${chunk.stream}`}>{chunk.text}</span>;
});

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
