/** The small cross on whatever shows a probe without a header of its own. */
import { icons } from "../widget/icons.tsx";

export function StopWatching({ symbol, onClick }: { readonly symbol: string; readonly onClick: () => void }) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Stop watching ${symbol}`}
      title="Stop watching"
      onClick={onClick}
    >
      {icons.close}
    </button>
  );
}
