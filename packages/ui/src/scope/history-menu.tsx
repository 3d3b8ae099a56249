/** What a scalar history runs over, and how far back: seen in the foot of its scope, chosen there. */
import { icons } from "../widget/icons.tsx";
import { Menu, type MenuItem } from "../widget/menu.tsx";
import { axisText, type HistoryAxis, historyAxes, windowText } from "./history-axis.ts";

type HistoryMenuProps = {
  readonly axis: HistoryAxis;
  /** Several probes are drawn, which have only time in common. */
  readonly isShared: boolean;
  readonly onChoose: (axis: HistoryAxis) => void;
};

export function HistoryMenu({ axis, isShared, onChoose }: HistoryMenuProps) {
  const items = historyAxes.map((choice): MenuItem => {
    const id = `axis-${choice.x}-${choice.window ?? "all"}`;
    const isChosen = choice.x === axis.x && choice.window === axis.window;
    const hint = choice.x === "time" ? "over time" : "over captures";
    const refusal = isShared && choice.x === "count" ? "several names have only time in common" : null;
    return { id, refusal, label: windowText(choice), hint, isChosen, onTake: () => onChoose(choice) };
  });
  return (
    <Menu
      label="Axis: over captures or time, and how far back"
      current={windowText(axis)}
      items={items}
      className="menu-button"
      testId="axis-menu"
    >
      <span>{axisText(axis)}</span>
      {icons.down}
    </Menu>
  );
}
