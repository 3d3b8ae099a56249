/** The command that a message asks a person to run: all that follows `Run:`, or what stands in backticks after `run`. Pure. */
export function commandIn(message: string): string | undefined {
  const command = /\bRun: (.+)$/m.exec(message)?.[1] ?? /\brun `([^`]+)`/.exec(message)?.[1];
  return command?.trim();
}
