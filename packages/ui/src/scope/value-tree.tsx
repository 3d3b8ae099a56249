/** A value as text that can be read, selected and heard: the value lens. */

import { formatScalar } from "@pyprobe/lens";
import type { CaptureValue, JsonNumber, JsonScalar, TreeItem } from "@pyprobe/protocol";
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
        <span className="value-leaf is-text">{JSON.stringify(value.value)}</span>
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
  if (!isRoot) return <span className="value-leaf">{shortScalar(value, type)}</span>;
  return (
    <>
      <div className="value-big">{formatScalar(value, type)}</div>
      <div className="value-type">{type}</div>
    </>
  );
}

/** As Python writes it, with seven digits: enough to tell values apart, few enough to read while they change. */
function shortScalar(value: JsonScalar, type: string): string {
  if (typeof value === "number") return formatScalar(rounded(value), type);
  if (typeof value !== "object") return formatScalar(value, type);
  const part = (number: JsonNumber) => (typeof number === "number" ? rounded(number) : number);
  return formatScalar({ re: part(value.re), im: part(value.im) }, type);
}

function rounded(value: number): number {
  return Number.isInteger(value) || !Number.isFinite(value) ? value : Number(value.toPrecision(7));
}

/** A value in a few characters: at the end of a line, until the engine sends its own text. */
export function briefText(value: CaptureValue): string {
  switch (value.kind) {
    case "scalar":
      return shortScalar(value.value, value.type);
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
  const first = value.head
    .slice(0, 4)
    .map((element) => shortScalar(element, value.dtype))
    .join(", ");
  return (
    <span className="value-leaf">
      {describeType(value)} {first}
      {value.head.length > 4 ? " …" : ""}
    </span>
  );
}

function ArrayTable({ value }: { readonly value: ArrayValue }) {
  const { stats, head } = value;
  const facts: readonly (readonly [string, string])[] =
    stats === undefined
      ? []
      : [
          ["min", stats.min === null ? "none" : shortScalar(stats.min, value.dtype)],
          ["max", stats.max === null ? "none" : shortScalar(stats.max, value.dtype)],
          ["mean", stats.mean === null ? "none" : shortScalar(stats.mean, "float")],
          ["NaN", groupDigits(stats.nan)],
          ...(stats.infinite === undefined ? [] : [["infinite", groupDigits(stats.infinite)] as const]),
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
            {shortScalar(element, value.dtype)}
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
