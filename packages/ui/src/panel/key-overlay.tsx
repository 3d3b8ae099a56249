/** `?`: the keys, by where they apply. */
import { Dialog } from "../widget/dialog.tsx";
import { icons } from "../widget/icons.tsx";
import { usePage } from "./page-context.ts";

const groups: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "commands, files, names"],
      ["/", "find in the code"],
      ["1 – 9", "go to a scope"],
      ["F6  ⇧F6", "next, previous region"],
      ["Esc", "back to the code"],
      ["Ctrl Z", "undo a removal or a move"],
      ["⇧ M", "messages"],
      ["?", "this list"],
    ],
  },
  {
    title: "In the code",
    keys: [
      ["Tab  ⇧Tab", "next, previous name"],
      ["← → ↑ ↓", "name to name"],
      ["Enter", "watch, or stop watching"],
      ["⇧ Enter", "watch the value only"],
      ["Alt Enter", "draw it over the last scope"],
      ["Del", "stop watching"],
      ["L", "lens, and all ways to watch"],
      ["Esc Tab", "leave the code"],
    ],
  },
  {
    title: "In a scope",
    keys: [
      ["Space", "hold, go live"],
      ["F", "fit all"],
      ["A", "y follows the data, or is fixed"],
      ["+ −", "zoom in x"],
      ["← →", "pan"],
      ["↑ ↓", "zoom in y"],
      ["L  ⇧1 – ⇧9", "lens"],
      ["⇧ ← → ↑ ↓", "move it within, and between groups"],
      ["Del", "stop watching"],
    ],
  },
  {
    title: "With the mouse",
    keys: [
      ["click a name", "watch, click again to stop"],
      ["⇧ click", "watch the value only"],
      ["Alt click", "draw it over the last scope"],
      ["right click", "lens, and all ways to watch"],
      ["drag a header", "move the scope"],
      ["wheel", "zoom in x at the pointer"],
      ["⇧ wheel", "zoom in y"],
      ["drag", "pan"],
      ["double-click", "fit all"],
    ],
  },
];

export function KeyOverlay() {
  const { store } = usePage();
  const close = () => store.setState({ overlay: "none" });
  return (
    <Dialog className="keys" label="Keys" testId="keys" onClose={close}>
      <div className="keys-box">
        <header>
          <h2>Keys</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={close}>
            {icons.close}
          </button>
        </header>
        <div className="keys-groups">
          {groups.map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl>
                {group.keys.map(([key, text]) => (
                  <div key={key}>
                    <dt>
                      <kbd>{key}</kbd>
                    </dt>
                    <dd>{text}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
