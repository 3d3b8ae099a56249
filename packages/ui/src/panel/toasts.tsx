/** Short answers at the bottom of the scopes: they leave by themselves, errors stay longer, and a removal can be taken back. */
import { useEffect } from "react";
import { UNDO_MS } from "../state/actions.ts";
import type { Toast } from "../state/messages.ts";
import { icons } from "../widget/icons.tsx";
import { usePage, usePageState } from "./page-context.ts";

export function Toasts() {
  const toasts = usePageState((state) => state.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const { actions } = usePage();
  useEffect(() => {
    const timer = setTimeout(() => actions.dismissToast(toast.id), toast.level === "error" ? 2 * UNDO_MS : UNDO_MS);
    return () => clearTimeout(timer);
  }, [actions, toast]);
  return (
    <div className={`toast is-${toast.level}`} data-testid="toast">
      <span>
        {toast.level === "error" ? "✕ " : toast.level === "warning" ? "▲ " : ""}
        {toast.text}
      </span>
      {toast.undo && (
        <button type="button" className="button" data-testid="undo" onClick={() => actions.undo()}>
          Undo
        </button>
      )}
      <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => actions.dismissToast(toast.id)}>
        {icons.close}
      </button>
    </div>
  );
}
