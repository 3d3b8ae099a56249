/** The command that a message asks a person to run: what follows `Run:` (or `run`) up to the end of its line. Pure. */
export function commandIn(message: string): string | undefined {
  const match = /\b[Rr]un:?\s+`?((?:\S*python\S*|\S*pip\S*|npx|npm|\S+ -m)\b[^\n`]*)/.exec(message);
  return match?.[1]?.trim().replace(/[).]+$/, "");
}
