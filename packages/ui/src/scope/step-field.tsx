/** The number of mode "every n-th", typed: a row of the mode menu. */
import { type FormEvent, useState } from "react";

type StepFieldProps = { readonly n: number | null; readonly onSet: (n: number) => void };

export function StepField({ n, onSet }: StepFieldProps) {
  const [text, setText] = useState(n === null ? "" : String(n));
  const value = parseStep(text);
  const isWrong = text !== "" && value === undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value !== undefined) onSet(value);
  };
  return (
    <form className="step-field" onSubmit={submit}>
      <label>
        1 in{" "}
        <input
          value={text}
          inputMode="numeric"
          placeholder="n"
          aria-label="Every n-th hit: n"
          aria-invalid={isWrong}
          data-testid="mode-step"
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />{" "}
        hits
      </label>
      <span className="menu-hint" role="status">
        {isWrong ? "a whole number from 1" : ""}
      </span>
      <button type="submit" className="button" disabled={value === undefined}>
        Set
      </button>
    </form>
  );
}

/** A whole number from 1, also with spaces or commas between its digits. Pure. */
export function parseStep(text: string): number | undefined {
  const digits = text.replaceAll(/[\s,_]/g, "");
  const value = Number(digits);
  return /^\d+$/.test(digits) && Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}
