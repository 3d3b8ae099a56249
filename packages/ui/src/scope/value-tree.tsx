/** A value as text that can be read, selected and heard: the value lens. */

import type { CaptureValue, JsonScalar, TreeItem } from "@pyprobe/protocol";
import { groupDigits } from "../state/group-digits.ts";
import { describeType, shortType } from "./choose-lens.ts";

export function ValueTree({ value }: { readonly value: CaptureValue }) {
  return (
    <div className="value-tree" data-testid="value-tree">
      <ValueBody value={value} isRoot />
    </div>
  );
}

function ValueBody({ value, isRoot = false }: { readonly value: CaptureValue; readonly isRoot?: boolean }) {
  switch (value.kind) {
    case "scalar":
      return <ScalarText value={value.value} type={value.type} isRoot={isRoot} />;
    case "none":
      return <span className={isRoot ? "value-big" : "value-leaf"}>None</span>;
    case "text":
      return isRoot ? (
        <pre className="value-text">{value.value}</pre>
      ) : (
        <span className="value-leaf">{JSON.stringify(value.value)}</span>
      );
    case "array":
      return isRoot ? <ArrayTable value={value} /> : <ArrayLine value={value} />;
    case "tree":
      return <TreeItems type={describeType(value)} items={value.items} isTruncated={value.truncated} isRoot={isRoot} />;
  }
}

function ScalarText({
  value,
  type,
  isRoot,
}: {
  readonly value: JsonScalar;
  readonly type: string;
  readonly isRoot: boolean;
}) {
  if (!isRoot) return <span className="value-leaf">{scalarText(value)}</span>;
  return (
    <>
      <div className="value-big">{scalarText(value)}</div>
      <div className="value-type">{type}</div>
    </>
  );
}

export function scalarText(value: JsonScalar): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return typeof value === "number" ? numberText(value) : value;
  const im = String(typeof value.im === "number" ? numberText(value.im) : value.im);
  const re = typeof value.re === "number" ? numberText(value.re) : value.re;
  return `${re}${im.startsWith("-") ? " − " : " + "}${im.replace(/^-/, "")}j`;
}

function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(7)));
}

/** A value in a few characters: at the end of a line, until the engine sends its own text. */
export function briefText(value: CaptureValue): string {
  switch (value.kind) {
    case "scalar":
      return scalarText(value.value);
    case "text":
      return JSON.stringify(value.value.slice(0, 32));
    case "none":
      return "None";
    case "array":
    case "tree":
      return shortType(value);
  }
}

type ArrayValue = Extract<CaptureValue, { kind: "array" }>;

function ArrayLine({ value }: { readonly value: ArrayValue }) {
  const first = value.head.slice(0, 4).map(scalarText).join(", ");
  return (
    <span className="value-leaf">
      {describeType(value)} {first}
      {value.head.length > 4 ? " …" : ""}
    </span>
  );
}

function ArrayTable({ value }: { readonly value: ArrayValue }) {
  const { stats, head } = value;
  const facts: readonly (readonly [string, string])[] = [
    ["min", stats.min === null ? "none" : scalarText(stats.min)],
    ["max", stats.max === null ? "none" : scalarText(stats.max)],
    ["mean", stats.mean === null ? "none" : scalarText(stats.mean)],
    ["NaN", groupDigits(stats.nan)],
  ];
  const count = value.shape.reduce((product, size) => product * size, 1);
  return (
    <>
      <div className="value-type">
        {value.library} {describeType(value)}
      </div>
      <dl className="value-facts">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <ol className="value-head" start={0} aria-label="first elements">
        {head.map((element, index) => (
          // The place is what an element of an array is known by.
          // biome-ignore lint/suspicious/noArrayIndexKey: elements have no other identity
          <li key={index}>
            <span className="value-index">{index}</span>
            {scalarText(element)}
          </li>
        ))}
      </ol>
      {count > head.length && <div className="value-type">{groupDigits(count - head.length)} more elements</div>}
    </>
  );
}

type TreeProps = {
  readonly type: string;
  readonly items: readonly TreeItem[];
  readonly isTruncated: boolean;
  readonly isRoot: boolean;
};

function TreeItems({ type, items, isTruncated, isRoot }: TreeProps) {
  const rows = (
    <ul className="value-items">
      {items.map((item) => (
        <li key={item.key}>
          <span className="value-key">{item.key}</span>
          <ValueBody value={item.value} />
        </li>
      ))}
      {isTruncated && <li className="value-type">more is there than was captured</li>}
    </ul>
  );
  if (isRoot) {
    return (
      <>
        <div className="value-type">{type}</div>
        {rows}
      </>
    );
  }
  return (
    <details className="value-details">
      <summary>{type}</summary>
      {rows}
    </details>
  );
}
