/** A modal dialog over the page: Esc and a press beside it close it, the focus goes back to where it was. */
import { type ReactNode, useEffect, useRef } from "react";

type DialogProps = {
  readonly label: string;
  readonly className: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

export function Dialog({ label, className, testId, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.showModal();
    const onPress = (event: PointerEvent) => {
      // The dialog's only child covers it: what hits the dialog itself is its backdrop.
      if (event.target === element) element.close();
    };
    element.addEventListener("pointerdown", onPress);
    return () => element.removeEventListener("pointerdown", onPress);
  }, []);
  return (
    <dialog ref={dialog} className={className} aria-label={label} data-testid={testId} onClose={onClose}>
      {children}
    </dialog>
  );
}
