/** What one check found. `next` is what to do about it; a note needs nothing done. */
export type Finding = {
  readonly check: string;
  readonly level: "ok" | "note" | "warning" | "problem";
  readonly message: string;
  readonly next?: string;
};

const marks: Readonly<Record<Finding["level"], string>> = {
  ok: "ok     ",
  note: "note   ",
  warning: "warning",
  problem: "PROBLEM",
};

export function findingText({ check, level, message, next }: Finding): string {
  const text = `${marks[level]}  ${check}: ${message}`;
  return next === undefined ? text : `${text}\n         → ${next}`;
}
