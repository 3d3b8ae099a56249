/** What the page tells a person: short toasts where the hand is, and a log that keeps all. Pure. */
export type Level = "info" | "warning" | "error";
export type Message = {
  readonly id: number;
  readonly level: Level;
  readonly text: string;
  readonly atMs: number;
  /** How often it came in a row. */
  readonly count: number;
};
/** `undo` names what Ctrl+Z and the button take back. */
export type Toast = { readonly id: number; readonly level: Level; readonly text: string; readonly undo: boolean };

const KEPT = 500;

export function withMessage(log: readonly Message[], message: Omit<Message, "count">): readonly Message[] {
  const last = log.at(-1);
  if (last !== undefined && last.text === message.text && last.level === message.level) {
    return [...log.slice(0, -1), { ...last, atMs: message.atMs, count: last.count + 1 }];
  }
  return [...log, { ...message, count: 1 }].slice(-KEPT);
}
