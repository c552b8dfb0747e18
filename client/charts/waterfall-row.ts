/** A row of a waterfall: the name of its span with the signs beside it, and its bar in words for who does not see it. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { icon } from "../elements/icons.js";
import { seriesColor } from "./colors.js";
import type { CriticalPath } from "./critical-path.js";
import { formatDurationUs } from "./format.js";
import type { Gap } from "./waterfall-findings.js";
import { WATERFALL_ROW_PX } from "./waterfall-marks.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

const INDENT_PX = 10;
/** On a phone the names need the room. */
const INDENT_NARROW_PX = 4;
/** Deeper levels keep this indentation, so that names stay readable. */
const INDENT_LEVELS_MAX = 14;

/** What the rows of a waterfall are drawn by. */
export interface RowLook {
  readonly tree: TraceTree;
  readonly path: CriticalPath;
  readonly gaps: ReadonlyMap<string, readonly Gap[]>;
  readonly collapsed: ReadonlySet<string>;
  readonly selected: string | undefined;
  /** Spans that a search names; others are dimmed. Undefined: no search. */
  readonly found: ReadonlySet<string> | undefined;
  /** Spans of processes whose clock is wrong. */
  readonly skewed: ReadonlySet<string>;
  /** There is little room. */
  readonly isNarrow: boolean;
}

export function waterfallRow(node: TraceNode, index: number, look: RowLook): TemplateResult {
  const { span, children } = node;
  const isSelected = span.spanId === look.selected;
  const isClosed = look.collapsed.has(span.spanId);
  const dimmed = look.found !== undefined && !look.found.has(span.spanId);
  return html`<div
    class="row ${isSelected ? "selected" : ""} ${dimmed ? "dimmed" : ""}"
    id="span-${index}"
    role="row"
    aria-level=${node.depth + 1}
    aria-rowindex=${index + 1}
    aria-selected=${isSelected ? "true" : "false"}
    aria-expanded=${children.length === 0 ? nothing : isClosed ? "false" : "true"}
    style="top:${String(index * WATERFALL_ROW_PX)}px;height:${String(WATERFALL_ROW_PX)}px"
    data-span=${span.spanId}
  >
    <span class="name" role="gridcell" style="padding-inline-start:${String(indentOf(node, look.isNarrow))}px">
      ${twisty(node, isClosed)}
      <i style="background:${seriesColor(span.service)}"></i>
      <span class="label" title="${span.service}: ${span.name} (${span.kind})"
        ><b>${span.service}</b> ${span.name}${span.kind === "server" ? "" : html` <em>${span.kind}</em>`}</span
      >
      ${
        look.skewed.has(span.spanId)
          ? html`<span
              class="warning"
              role="img"
              aria-label="its clock is wrong"
              title="The clock of ${span.instance} is wrong"
              >${icon("clock", 12)}</span
            >`
          : nothing
      }
      ${marksOf(node, isClosed)}
    </span>
    <span class="visually-hidden" role="gridcell">${barText(node, look)}</span>
  </div>`;
}

const indentOf = ({ depth }: TraceNode, isNarrow: boolean): number =>
  4 + Math.min(depth, INDENT_LEVELS_MAX) * (isNarrow ? INDENT_NARROW_PX : INDENT_PX);

function twisty(node: TraceNode, isClosed: boolean): TemplateResult {
  if (node.children.length === 0) return html`<span class="twisty"></span>`;
  return html`<span
    class="twisty ${isClosed ? "" : "turned"}"
    title=${isClosed ? `Show ${String(node.descendantCount)} spans below` : "Hide the spans below"}
    >${icon("chevron", 10)}</span
  >`;
}

/** Signs beside a name: failed, failures hidden below it, parent missing, how many are hidden. */
function marksOf(node: TraceNode, isClosed: boolean): TemplateResult {
  return html`${
    node.span.status === "error"
      ? html`<span class="critical" role="img" aria-label="failed" title="Failed">${icon("critical", 12)}</span>`
      : isClosed && node.errorsBelow > 0
        ? html`<span class="critical small" title="${node.errorsBelow} failed below"
            >${icon("critical", 12)} ${node.errorsBelow}</span
          >`
        : nothing
  }${
    node.orphan
      ? html`<span class="warning" role="img" aria-label="parent missing" title="Its parent span is missing"
          >${icon("link", 12)}</span
        >`
      : nothing
  }${isClosed && node.descendantCount > 0 ? html`<span class="tag">+${node.descendantCount}</span>` : nothing}`;
}

/** What the bar shows, in words: how long, from when, how much of it the trace waited for, what nothing explains. */
export function barText({ span }: TraceNode, { tree, path, gaps }: Pick<RowLook, "tree" | "path" | "gaps">): string {
  const critical = lengthOf(path.bySpan.get(span.spanId));
  const unexplained = lengthOf(gaps.get(span.spanId));
  return [
    `${formatDurationUs(span.durationUs)} from +${formatDurationUs(span.startUs - tree.startUs)}`,
    critical === 0 ? "" : `${formatDurationUs(critical)} on the critical path`,
    unexplained === 0 ? "" : `${formatDurationUs(unexplained)} that no span below explains`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

const lengthOf = (parts: readonly { readonly fromUs: number; readonly toUs: number }[] = []): number =>
  parts.reduce((total, { fromUs, toUs }) => total + toUs - fromUs, 0);
