/** Which rows of a waterfall are folded, as the address says: `depth`, `fold` (a service), `closed` (rows that are the other way). */
import { foldedSpans } from "../../charts/waterfall-folds.js";
import { revealing } from "../../charts/waterfall-rows.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import type { UrlValues } from "../../state/url-state.js";
import { parseList } from "../logs/field-filters.js";

type ReadParameter = (name: string) => string | undefined;

interface FoldChoice {
  /** Levels that stay open; undefined is all of them. */
  readonly depth: number | undefined;
  /** Rows below spans of this service are folded. */
  readonly service: string | undefined;
}

export function foldsOf(read: ReadParameter): FoldChoice {
  const depth = Number(read("depth"));
  return { depth: Number.isInteger(depth) && depth > 0 ? depth : undefined, service: read("fold") };
}

const toggledOf = (read: ReadParameter): ReadonlySet<string> => new Set(parseList(read("closed")));

/** The address with one row turned; a span that would be hidden hands the selection to that row. */
export function rowToggled(
  read: ReadParameter,
  { spanId, closed }: { readonly spanId: string; readonly closed: boolean },
  selected: TraceNode,
): UrlValues {
  const toggled = new Set(toggledOf(read));
  if (toggled.has(spanId)) toggled.delete(spanId);
  else toggled.add(spanId);
  const hides = closed && isBelow(selected, spanId);
  return { closed: [...toggled].join(",") || undefined, ...(hides && { span: spanId }) };
}

/** The address with other folds; a span that would be hidden hands the selection to the row that hides it. */
export function foldsChanged({ depth, service }: FoldChoice, selected: TraceNode, tree: TraceTree): UrlValues {
  const folded = foldedSpans(tree, { depth, service, toggled: new Set() });
  let shown = selected;
  for (let node = selected.parent; node !== undefined; node = node.parent) {
    if (folded.has(node.span.spanId)) shown = node;
  }
  return {
    depth: depth === undefined ? undefined : String(depth),
    fold: service,
    closed: undefined,
    span: shown.span.spanId,
  };
}

/** Remembers what was folded for which address, so that a step of the selection does not walk all spans again. */
export class FoldedRows {
  private last: { readonly key: string; readonly tree: TraceTree; readonly spans: ReadonlySet<string> } | undefined;

  /** A linked span shows even where the link's collapsed rows would hide it. */
  collapsed(read: ReadParameter, tree: TraceTree, selected: TraceNode): ReadonlySet<string> {
    const spans = this.folded(read, tree);
    for (let node = selected.parent; node !== undefined; node = node.parent) {
      if (spans.has(node.span.spanId)) return revealing(tree, spans, selected.span.spanId);
    }
    return spans;
  }

  private folded(read: ReadParameter, tree: TraceTree): ReadonlySet<string> {
    const toggled = toggledOf(read);
    const { depth, service } = foldsOf(read);
    const key = [depth, service, ...toggled].join("|");
    if (this.last?.key !== key || this.last.tree !== tree) {
      this.last = { key, tree, spans: foldedSpans(tree, { depth, service, toggled }) };
    }
    return this.last.spans;
  }
}

function isBelow(node: TraceNode, spanId: string): boolean {
  for (let above = node.parent; above !== undefined; above = above.parent) {
    if (above.span.spanId === spanId) return true;
  }
  return false;
}
