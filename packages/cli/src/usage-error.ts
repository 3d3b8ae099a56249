import type { CommandName } from "./help.ts";

/** What was typed cannot be understood. `of` is the command whose help tells more. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly of: CommandName | undefined;
  constructor(of: CommandName | undefined, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.of = of;
  }
}
