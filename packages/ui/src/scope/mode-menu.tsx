/** Which hits of a probe become captures: seen in the foot of its scope, changed there. */
import type { ProbeMode } from "@pyprobe/protocol";
import { icons } from "../widget/icons.tsx";
import { Menu } from "../widget/menu.tsx";
import { StepField } from "./step-field.tsx";

const modeTexts: Readonly<Record<ProbeMode["kind"], { readonly label: string; readonly hint: string }>> = {
  auto: { label: "Auto", hint: "all, within the overhead budget" },
  every: { label: "Every", hint: "all; the program waits when need be" },
  latest: { label: "Latest", hint: "60 a second at most" },
  every_n: { label: "Every n-th", hint: "hits 1, 1+n, 1+2n, …" },
  change: { label: "Change", hint: "only when the value differs" },
  when: { label: "When…", hint: "only where a condition is true" },
};

function modeText(mode: ProbeMode): string {
  if (mode.kind === "when") return mode.every ? "When, every" : "When";
  return mode.kind === "every_n" ? `1 in ${mode.n}` : modeTexts[mode.kind].label;
}

export function ModeMenu({
  mode,
  onChoose,
  onCondition,
}: {
  readonly mode: ProbeMode;
  readonly onChoose: (mode: ProbeMode) => void;
  /** Opens the field for the condition of mode when. */
  readonly onCondition: () => void;
}) {
  const plain = (["auto", "every", "latest", "change"] as const).map((kind) => ({
    id: `mode-${kind}`,
    label: modeTexts[kind].label,
    hint: modeTexts[kind].hint,
    isChosen: mode.kind === kind,
    onTake: () => onChoose({ kind }),
  }));
  const stepped = [2, 10, 100, 1000].map((n) => ({
    id: `mode-every-${n}`,
    label: `1 in ${n}`,
    hint: "every n-th hit",
    isChosen: mode.kind === "every_n" && mode.n === n,
    onTake: () => onChoose({ kind: "every_n", n }),
  }));
  const when = {
    id: "mode-when",
    label: modeTexts.when.label,
    hint: modeTexts.when.hint,
    isChosen: mode.kind === "when",
    onTake: onCondition,
  };
  return (
    <Menu
      label="Mode: which hits are captured"
      current={modeText(mode)}
      items={[...plain, when, ...stepped]}
      className="menu-button"
      testId="mode-menu"
      footer={(close) => (
        <StepField
          n={mode.kind === "every_n" ? mode.n : null}
          onSet={(n) => {
            close();
            onChoose({ kind: "every_n", n });
          }}
        />
      )}
    >
      <span>{modeText(mode)}</span>
      {icons.down}
    </Menu>
  );
}
