/** One thing that can be done: in the palette, by key, from a menu. */
export type Command = {
  readonly id: string;
  readonly title: string;
  readonly group: "Program" | "Scope" | "View" | "File" | "Name";
  readonly keys?: string;
  /** Present: it cannot be done now, and this is why. */
  readonly refusal?: string;
  readonly run: () => void;
};
