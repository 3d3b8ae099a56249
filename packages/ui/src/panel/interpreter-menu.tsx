/** Which Python runs the program: seen in the strip, chosen there, and where the program could not be started. */
import type { Interpreter } from "@pyprobe/protocol";
import { icons } from "../widget/icons.tsx";
import { Menu, type MenuItem } from "../widget/menu.tsx";
import { usePage, usePageState } from "./page-context.ts";

type InterpreterMenuProps = {
  /** Where it is the next step to take, it says so. */
  readonly isAsked?: boolean;
};

export function InterpreterMenu({ isAsked = false }: InterpreterMenuProps) {
  const { actions } = usePage();
  const interpreters = usePageState((state) => state.interpreters);
  const info = usePageState((state) => state.session?.info);
  if (info === undefined || info.state.kind === "recorded") return null;
  const current = info.interpreter;
  const items: MenuItem[] = interpretersToChoose(interpreters, current).map((interpreter) => ({
    id: `python-${interpreter.path}`,
    label: (
      <>
        Python {interpreter.version ?? "?"} <small>{interpreter.path}</small>
      </>
    ),
    hint: `${interpreter.origin}${interpreter.hasNumpy ? " · numpy" : ""}`,
    refusal: interpreter.problem === undefined ? null : shortProblem(interpreter.problem, interpreter.path),
    isChosen: interpreter.path === current?.path,
    onTake: () => void actions.restart(interpreter.path),
  }));
  const header = (
    <p className="menu-header">
      {items.length === 0 ? "No other Python was found" : "Run with another Python. The program starts again."}
    </p>
  );
  const isOpenToChoice = isAsked || current === null;
  return (
    <Menu
      label="Interpreter"
      current={current === null ? undefined : `Python ${current.version ?? "?"}`}
      items={items}
      header={header}
      className={isAsked ? "button" : "menu-button interpreter"}
      testId={isAsked ? "banner-interpreter" : "interpreter"}
    >
      <span>{isOpenToChoice ? "Choose Python" : `Python ${current.version ?? "?"}`}</span>
      {icons.down}
    </Menu>
  );
}

/** The one in use first, when no search has found it. */
export function interpretersToChoose(
  found: readonly Interpreter[],
  current: Interpreter | null,
): readonly Interpreter[] {
  const isListed = current === null || found.some((interpreter) => interpreter.path === current.path);
  return isListed ? found : [current, ...found];
}

/** Without what stands beside it: which Python it is of, and how to choose one on the command line. */
export function shortProblem(problem: string, path: string): string {
  return problem
    .replace(`Cannot use ${path}: `, "")
    .replace(/ \(choose another with --python\)|[;,] (or )?choose (one|another) with --python/, "");
}
