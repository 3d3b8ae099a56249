/** What one check found. `next` is what to do about it. */
export type Finding = {
  readonly check: string;
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
  readonly next?: string;
};

const marks: Readonly<Record<Finding["level"], string>> = { ok: "ok     ", warning: "warning", problem: "PROBLEM" };

export function findingText({ check, level, message, next }: Finding): string {
  const text = `${marks[level]}  ${check}: ${message}`;
  return next === undefined ? text : `${text}\n         → ${next}`;
}
