/** Ctrl+K: everything by name. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { Dialog } from "../widget/dialog.tsx";
import type { Command } from "./command.ts";
import { commandsOf, matchCommands } from "./commands.ts";
import { usePage } from "./page-context.ts";
import { useTheme } from "./theme.ts";

const ROWS = 60;

export function Palette() {
  const page = usePage();
  const [, toggleTheme] = useTheme();
  const [query, setQuery] = useState("");
  const [marked, setAt] = useState<number | null>(null);
  const list = useRef<HTMLDivElement>(null);
  // What can be done is what could be done when it was opened.
  const [commands] = useState(() => commandsOf(page, toggleTheme));
  const found = useMemo(() => matchCommands(commands, query).slice(0, ROWS), [commands, query]);
  // What cannot be done now is listed with its reason, and not marked by itself.
  const at =
    marked ??
    Math.max(
      0,
      found.findIndex((command) => command.refusal === undefined),
    );
  const close = () => page.store.setState({ overlay: "none" });
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const take = (command: Command | undefined) => {
    if (command === undefined || command.refusal !== undefined) return;
    close();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((at + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(found[at]);
    }
  };
  return (
    <Dialog className="palette" label="Commands" testId="palette" onClose={close}>
      <div className="palette-box">
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found[at] === undefined ? undefined : `command-${at}`}
          aria-label="Command, file or name"
          placeholder="Command, file or name"
          value={query}
          spellCheck={false}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(null);
          }}
        />
        <div ref={list} id="palette-list" role="listbox" aria-label="Commands" className="palette-list">
          {found.map((command, index) => (
            <button
              type="button"
              key={command.id}
              id={`command-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              aria-disabled={command.refusal !== undefined}
              className="palette-row"
              onPointerMove={() => setAt(index)}
              onClick={() => take(command)}
            >
              <span className="palette-group">{command.group}</span>
              <span className="palette-title">{command.title}</span>
              <span className="palette-keys">{command.refusal ?? command.keys ?? ""}</span>
            </button>
          ))}
          {found.length === 0 && <p className="drawer-empty">Nothing has that name.</p>}
        </div>
      </div>
    </Dialog>
  );
}
