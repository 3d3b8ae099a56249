/** Every value can be read; lenses that show more of it come first. */
export function acceptsValue(): number {
  return 1;
}
