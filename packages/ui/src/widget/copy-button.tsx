import { useState } from "react";
import { icons } from "./icons.tsx";

/** Copies a text and says so; where the browser forbids it, the text is selected nowhere and the button says that. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Cannot copy: the browser forbids it");
    }
    setTimeout(() => setSaid(null), 2_000);
  };
  return (
    <button type="button" className="button" title={text} onClick={() => void copy()}>
      {icons.copy} <span aria-live="polite">{said ?? label}</span>
    </button>
  );
}
