/** A command that was understood and cannot be begun. The message is for the person who typed it. */
export class StartError extends Error {
  override readonly name = "StartError";
}
