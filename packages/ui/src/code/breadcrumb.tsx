import { useMemo } from "react";
import { usePage, usePageState } from "../panel/page-context.ts";
import { baseName } from "../state/anchor-key.ts";

/** File, class, function around a line; each goes to its first line. */
export function Breadcrumb({ line }: { readonly line: number }) {
  const { code } = usePage();
  const file = usePageState((state) => state.activeFile);
  const symbols = usePageState((state) =>
    state.activeFile === null ? undefined : state.open.get(state.activeFile)?.symbols,
  );
  const around = useMemo(
    () =>
      (symbols?.scopes ?? [])
        .filter((scope) => scope.line <= line && line <= scope.endLine)
        .sort((a, b) => a.line - b.line),
    [symbols, line],
  );
  if (file === null) return null;
  return (
    <nav className="breadcrumb" aria-label="Place in the file">
      <button type="button" onClick={() => code.reveal(file, 1)}>
        {baseName(file)}
      </button>
      {around.map((scope) => (
        <span key={`${scope.line}`}>
          <span className="breadcrumb-mark" aria-hidden="true">
            ›
          </span>
          <button type="button" title={`${scope.kind} ${scope.name}`} onClick={() => code.reveal(file, scope.line)}>
            {scope.name.split(".").pop()}
            {scope.kind === "function" ? "()" : ""}
          </button>
        </span>
      ))}
    </nav>
  );
}
