/** Every page that is made from the sources, as it has to be now. */
import { renderApiPage } from "./api-page.ts";

export type GeneratedPage = {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
};

export function generatedPages(root: string): GeneratedPage[] {
  return [{ path: "docs/api.md", text: renderApiPage(root) }];
}
