/** The one animation loop of the page. Runs only while something asks to be drawn; each drawable is drawn once a tick. */
export type Drawable = { readonly draw: (nowMs: number) => void };

export class AnimationLoop {
  readonly #dirty = new Set<Drawable>();
  #handle: number | undefined;

  /** Draws it in the next tick. */
  request(drawable: Drawable): void {
    this.#dirty.add(drawable);
    this.#handle ??= requestAnimationFrame((nowMs) => this.#tick(nowMs));
  }

  forget(drawable: Drawable): void {
    this.#dirty.delete(drawable);
  }

  #tick(nowMs: number): void {
    this.#handle = undefined;
    const due = [...this.#dirty];
    this.#dirty.clear();
    for (const drawable of due) drawable.draw(nowMs);
  }
}
