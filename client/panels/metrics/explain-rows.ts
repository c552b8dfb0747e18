/** The explain tree as rows: one for each part of a query, the costly ones to be seen at a glance. Pure. */

/** As `query_explain` answers. */
export interface ExplainNode {
  readonly kind: string;
  readonly text: string;
  /** Half-open, in characters of the query. */
  readonly from: number;
  readonly to: number;
  readonly series: number;
  readonly samples: number;
  readonly timeMs: number;
  readonly children: readonly ExplainNode[];
}

export interface Explanation {
  readonly root: ExplainNode;
  readonly seriesRead: number;
  readonly samplesRead: number;
  readonly steps: number;
}

export interface ExplainRow {
  /** `0.1.0`: place in the tree, stable between answers. */
  readonly key: string;
  readonly depth: number;
  readonly title: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly series: number;
  readonly samples: number;
  readonly timeMs: number;
  /** Without its parts. */
  readonly ownMs: number;
  /** `ownMs` over the time of the whole, 0 to 1. */
  readonly share: number;
}

const TITLES: Readonly<Record<string, string>> = {
  aggregate: "Aggregation",
  binary: "Operation",
  call: "Function",
  "vector-selector": "Selector",
  "matrix-selector": "Range selector",
  subquery: "Subquery",
  number: "Number",
  string: "Text",
  unary: "Sign",
  paren: "Parentheses",
};

/** What it does by its first word: `sum by (job)`, `rate`, `/`. */
function titleOf({ kind, text, children, from }: ExplainNode): string {
  const name = /^[a-z_0-9]+(?=\s*\()/.exec(text)?.[0];
  if (kind === "call" && name !== undefined) return `${name}()`;
  if (kind === "aggregate") return /^\w+(?:\s+(?:by|without)\s*\([^)]*\))?/.exec(text)?.[0] ?? "Aggregation";
  const [left, right] = children;
  if (kind === "binary" && left !== undefined && right !== undefined) {
    const between = text.slice(left.to - from, right.from - from).replace(/^[\s)]+|[\s(]+$/g, "");
    if (between !== "") return between;
  }
  return TITLES[kind] ?? kind;
}

/** Depth first, as the query reads. */
export function explainRows({ root }: Explanation): readonly ExplainRow[] {
  const rows: ExplainRow[] = [];
  const whole = Math.max(root.timeMs, Number.MIN_VALUE);
  const visit = (node: ExplainNode, depth: number, key: string): void => {
    const { text, from, to, series, samples, timeMs, children } = node;
    const ownMs = Math.max(0, timeMs - children.reduce((sum, child) => sum + child.timeMs, 0));
    const share = Math.min(1, ownMs / whole);
    rows.push({ key, depth, title: titleOf(node), text, from, to, series, samples, timeMs, ownMs, share });
    children.forEach((child, index) => {
      visit(child, depth + 1, `${key}.${String(index)}`);
    });
  };
  visit(root, 0, "0");
  return rows;
}

/** The row that costs most by itself; undefined where time was too short to be told apart. */
export function costliestRow(rows: readonly ExplainRow[]): ExplainRow | undefined {
  const [first, ...rest] = [...rows].sort((one, other) => other.ownMs - one.ownMs);
  return first === undefined || rest.length === 0 || first.ownMs < 0.5 ? undefined : first;
}
