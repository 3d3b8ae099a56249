/** The page's two clocks: one for pictures, one for what is told about them. */

/** So often the words around pictures change. */
const TOLD_MS = 1000 / 8;

/** The one animation loop of the page. Runs only while something asks to be drawn; each drawable is drawn once a tick. */
export type Drawable = { readonly draw: (nowMs: number) => void };

export class AnimationLoop {
  readonly #dirty = new Set<Drawable>();
  #handle: number | undefined;
  readonly #untold = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Draws it in the next tick. */
  request(drawable: Drawable): void {
    this.#dirty.add(drawable);
    this.#handle ??= requestAnimationFrame((nowMs) => this.#tick(nowMs));
  }

  forget(drawable: Drawable): void {
    this.#dirty.delete(drawable);
  }

  /** Calls it soon, together with all others that asked: the page is then laid out once for all scopes, not once for each. */
  tellSoon(tell: () => void): void {
    this.#untold.add(tell);
    this.#timer ??= setTimeout(() => this.#tell(), TOLD_MS);
  }

  forgetToTell(tell: () => void): void {
    this.#untold.delete(tell);
  }

  #tell(): void {
    this.#timer = undefined;
    const due = [...this.#untold];
    this.#untold.clear();
    for (const tell of due) tell();
  }

  #tick(nowMs: number): void {
    this.#handle = undefined;
    const due = [...this.#dirty];
    this.#dirty.clear();
    for (const drawable of due) drawable.draw(nowMs);
  }
}
