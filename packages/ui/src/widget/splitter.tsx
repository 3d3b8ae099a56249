/** A bar between two areas that is dragged, or moved with the arrow keys. */
import type { KeyboardEvent, PointerEvent } from "react";

type SplitterProps = {
  readonly direction: "columns" | "rows";
  readonly label: string;
  /** Where it stands, as a percentage, for screen readers. */
  readonly percent: number;
  /** The pointer's place in the window while it is dragged. */
  readonly onDrag: (placeCssPx: number) => void;
  readonly onStep: (direction: 1 | -1) => void;
  readonly onReset: () => void;
};

export function Splitter({ direction, label, percent, onDrag, onStep, onReset }: SplitterProps) {
  const isColumns = direction === "columns";
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) onDrag(isColumns ? event.clientX : event.clientY);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const back = isColumns ? "ArrowLeft" : "ArrowUp";
    const forth = isColumns ? "ArrowRight" : "ArrowDown";
    if (event.key !== back && event.key !== forth) return;
    event.preventDefault();
    onStep(event.key === forth ? 1 : -1);
  };
  return (
    // A separator that can be moved is a widget by ARIA; no native element is one.
    // biome-ignore lint/a11y/useSemanticElements: hr is not a widget
    <div
      className={`splitter is-${direction}`}
      role="separator"
      aria-orientation={isColumns ? "vertical" : "horizontal"}
      aria-label={label}
      aria-valuenow={Math.round(percent)}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
      onDoubleClick={onReset}
    />
  );
}
