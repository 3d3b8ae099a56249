/** The condition of a probe in mode when: a line of its scope that tells what came of it, and a field to change it in. */
import { LatestOnly } from "@pyprobe/base";
import { type CallResult, MAX_CONDITION_CHARACTERS, type ProbeCounters, type ProbeMode } from "@pyprobe/protocol";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { usePage, usePageState } from "../panel/page-context.ts";
import { groupDigits } from "../state/group-digits.ts";
import type { ShownProbe } from "../state/page-store.ts";

type When = Extract<ProbeMode, { kind: "when" }>;
type ConditionError = NonNullable<CallResult<"condition.check">["error"]>;

type RowProps = {
  readonly shown: ShownProbe;
  readonly counters: ProbeCounters | undefined;
  readonly field: { readonly isOpen: boolean; readonly set: (isOpen: boolean) => void };
  readonly isRecorded: boolean;
};

export function ConditionRow({ shown, counters, field, isRecorded }: RowProps) {
  const { probe } = shown;
  if (probe === null) return null;
  if (field.isOpen && !isRecorded) return <ConditionField shown={shown} onClose={() => field.set(false)} />;
  if (probe.mode.kind !== "when") return null;
  const { expression, every } = probe.mode;
  const cause =
    "message" in probe.state && probe.state.code === "condition_unreadable" ? probe.state.message : undefined;
  const unreadable = counters?.skipped.condition_unreadable ?? 0;
  return (
    <div className="scope-condition" data-testid="condition">
      <button
        type="button"
        className="condition-text"
        title={`Captured where this is true${every ? ", looked at on every hit" : ""}: click to change it`}
        disabled={isRecorded}
        onClick={() => field.set(true)}
        data-testid="condition-edit"
      >
        <b>when</b> {expression}
      </button>
      <span className="condition-counts" data-testid="condition-counts">
        false at {groupDigits(counters?.skipped.condition_false ?? 0)} hits
      </span>
      {unreadable > 0 && (
        <span className="condition-cause" title={cause} data-testid="condition-cause">
          ▲ {groupDigits(unreadable)} not evaluated{cause === undefined ? "" : `: ${reasonOf(cause)}`}
        </span>
      )}
    </div>
  );
}

/** The probe is known here: what is left of the sentence is the reason. */
function reasonOf(cause: string): string {
  return cause.replace(/^Cannot evaluate ".*" at [^:]+:\d+: /, "");
}

type FieldProps = { readonly shown: ShownProbe; readonly onClose: () => void };

function ConditionField({ shown, onClose }: FieldProps) {
  const { actions, scopes } = usePage();
  const mode = shown.probe?.mode;
  const [text, setText] = useState(mode?.kind === "when" ? mode.expression : "");
  const [every, setEvery] = useState(mode?.kind === "every" || (mode?.kind === "when" && mode.every));
  const error = useConditionError(text);
  const input = useRef<HTMLInputElement>(null);
  const errorId = useId();
  useEffect(() => input.current?.focus(), []);
  const leave = () => {
    onClose();
    scopes.find(shown.key)?.element.focus();
  };
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "" || (error !== null && error.of === text)) return;
    const wanted: When = { kind: "when", expression: text.trim(), every };
    void actions.setMode(shown.key, wanted);
    leave();
  };
  return (
    <form
      className="scope-condition is-open"
      onSubmit={apply}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        leave();
      }}
      data-testid="condition-form"
    >
      <label className="condition-line">
        <b>when</b>
        <input
          ref={input}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={`abs(${shown.anchor.symbol}) > 3`}
          maxLength={MAX_CONDITION_CHARACTERS}
          spellCheck={false}
          autoComplete="off"
          aria-label={`Condition: ${shown.anchor.symbol} is captured where it is true`}
          aria-invalid={error !== null}
          aria-describedby={errorId}
          data-testid="condition-input"
        />
      </label>
      <label
        className="condition-every"
        title="Looks at every hit, whatever that costs; without it, within the overhead budget"
      >
        <input type="checkbox" checked={every} onChange={(event) => setEvery(event.target.checked)} /> every hit
      </label>
      <output
        id={errorId}
        className={`condition-error${error === null ? "" : " is-error"}`}
        data-testid="condition-error"
      >
        {error === null ? (
          "a Python expression over the variables here · Enter takes it, Esc leaves"
        ) : (
          <Pointed error={error} />
        )}
      </output>
    </form>
  );
}

/** The message, and the part of the text that it is about. */
function Pointed({ error }: { readonly error: ConditionError & { readonly of: string } }) {
  const part = error.of.slice(error.column, error.endColumn);
  const isNamed = part.trim() === "" || part === error.of;
  return (
    <>
      {!isNamed && <mark>{part}</mark>} {error.message}
    </>
  );
}

/** What is wrong with the text, as the program's own Python finds while it is typed; the answer before it while it is asked. */
function useConditionError(text: string): (ConditionError & { readonly of: string }) | null {
  const { link } = usePage();
  const session = usePageState((state) => state.session?.info.id);
  const [error, setError] = useState<(ConditionError & { readonly of: string }) | null>(null);
  const [asking] = useState(() => new LatestOnly({ onError: () => setError(null) }));
  useEffect(() => {
    let isCurrent = true;
    if (session === undefined || text.trim() === "") setError(null);
    else {
      asking.run(async () => {
        const verdict = await link.call("condition.check", { session, expression: text });
        if (isCurrent) setError(verdict.error === null ? null : { ...verdict.error, of: text });
      });
    }
    return () => {
      isCurrent = false;
    };
  }, [asking, link, session, text]);
  return error;
}
