/**
 * `<fd-trace-compare>`: two traces side by side as one tree, each from its own start: what was added, what is missing,
 * what became slower or faster. Dispatches `trace-span` {traceId, spanId}.
 */
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { seriesColor } from "../../charts/colors.js";
import { formatDateTime, formatDurationUs } from "../../charts/format.js";
import { differenceCounts, traceDifference } from "../../charts/trace-difference.js";
import type { DifferenceNode, DifferenceState } from "../../charts/trace-difference.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import { ResizeController } from "../../controllers/resize-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";

const ROW_PX = 30;
const MARGIN_ROWS = 10;
const INDENT_PX = 12;
const INDENT_LEVELS_MAX = 14;

const WORDS: Readonly<Record<DifferenceState, string>> = {
  same: "",
  slower: "slower",
  faster: "faster",
  added: "only in B",
  missing: "only in A",
};

@customElement("fd-trace-compare")
export class TraceCompare extends LitElement {
  @property({ attribute: false }) one!: TraceTree;
  @property({ attribute: false }) other!: TraceTree;
  /** Only rows that differ. */
  @property({ type: Boolean }) changedOnly = false;
  @state() private first = 0;
  @query(".rows") private readonly box!: HTMLElement | null;
  private readonly size = new ResizeController(this);
  private rows: readonly DifferenceNode[] = [];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("one") || changed.has("other")) this.rows = traceDifference(this.one, this.other);
  }

  override render(): TemplateResult {
    const counts = differenceCounts(this.rows);
    const rows = this.changedOnly
      ? this.rows.filter(({ state: one, failureChanged }) => one !== "same" || failureChanged)
      : this.rows;
    const shown = rows.slice(this.first, this.first + Math.ceil(this.size.height / ROW_PX) + 2 * MARGIN_ROWS);
    const spanUs = Math.max(this.one.endUs - this.one.startUs, this.other.endUs - this.other.startUs, 1);
    return html`<div class="row head">
        <span><b>A</b> ${titleOf(this.one)}</span> <span><b>B</b> ${titleOf(this.other)}</span>
        <span class="data"
          >B − A: ${signed(lengthOf(this.other) - lengthOf(this.one))},
          ${signedCount(this.other.spanCount - this.one.spanCount)} spans</span
        >
      </div>
      <p class="small row">
        <span>${icon("include", 12)} ${counts.added} only in B</span>
        <span>${icon("exclude", 12)} ${counts.missing} only in A</span>
        <span class="warning">▲ ${counts.slower} slower</span> <span class="ok">▼ ${counts.faster} faster</span>
        <span class="soft">${counts.same} alike</span>
        <button
          aria-pressed=${this.changedOnly ? "true" : "false"}
          @click=${() => {
            this.dispatchEvent(new CustomEvent("changed-only", { detail: { on: !this.changedOnly } }));
          }}
        >
          Only what differs
        </button>
      </p>
      <div class="line titles soft" aria-hidden="true">
        <span class="small">Span</span><span class="number small">A</span><span class="number small">B</span>
        <span class="small">B against A</span>
        <span class="small">Upper bar A, lower bar B, each from the start of its trace</span>
      </div>
      <div
        class="rows"
        role="table"
        aria-label="Spans of both traces"
        aria-rowcount=${rows.length}
        tabindex="0"
        @scroll=${() => {
          this.first = Math.max(0, Math.floor((this.box?.scrollTop ?? 0) / ROW_PX) - MARGIN_ROWS);
        }}
      >
        <div style="height:${String(rows.length * ROW_PX)}px"></div>
        ${shown.map((row, offset) => this.row(row, this.first + offset, spanUs))}
      </div>`;
  }

  private row(row: DifferenceNode, index: number, spanUs: number): TemplateResult {
    const node = row.other ?? row.one;
    if (node === undefined) return html``;
    const { span } = node;
    return html`<div
      class="line ${row.state}"
      role="row"
      aria-rowindex=${index + 1}
      style="top:${String(index * ROW_PX)}px;height:${String(ROW_PX)}px"
    >
      <span
        class="name"
        role="cell"
        style="padding-inline-start:${String(Math.min(row.depth, INDENT_LEVELS_MAX) * INDENT_PX)}px"
      >
        <i style="background:${seriesColor(span.service)}"></i>
        <button class="link" title="${span.service}: ${span.name} (${span.kind})" @click=${() => this.open(row)}>
          <b>${span.service}</b> ${span.name}
        </button>
      </span>
      <span class="data number" role="cell"
        >${row.one === undefined ? "" : formatDurationUs(row.one.span.durationUs)}</span
      >
      <span class="data number" role="cell"
        >${row.other === undefined ? "" : formatDurationUs(row.other.span.durationUs)}</span
      >
      <span class="state small" role="cell">
        ${MARKS[row.state]} ${WORDS[row.state]}
        ${row.state === "slower" || row.state === "faster" ? html`<span class="data">${signed(row.differenceUs)}</span>` : nothing}
        ${row.failureChanged ? html`<span class="critical">${icon("critical", 12)} fails in ${row.one?.span.status === "error" ? "A" : "B"}</span>` : nothing}
      </span>
      <span class="plot" role="cell"
        >${bar(this.one, row.one, "upper", spanUs)}${bar(this.other, row.other, "lower", spanUs)}</span
      >
    </div>`;
  }

  private open({ one, other }: DifferenceNode): void {
    const [tree, node] = other === undefined ? [this.one, one] : [this.other, other];
    if (node === undefined) return;
    const detail = { traceId: tree.traceId, spanId: node.span.spanId };
    this.dispatchEvent(new CustomEvent("trace-span", { detail }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
        min-height: 240px;
      }
      .head {
        gap: var(--space-4);
      }
      .rows {
        position: relative;
        flex: 1;
        overflow: auto scroll;
        min-height: 120px;
        border-block-start: 1px solid var(--line);
      }
      .line {
        position: absolute;
        inset-inline: 0;
        min-width: 760px;
        display: grid;
        grid-template-columns: minmax(180px, 28%) 9ch 9ch 27ch minmax(0, 1fr);
        gap: 0 var(--space-2);
        align-items: center;
        border-block-end: 1px solid var(--line);
        contain: strict;
      }
      .titles {
        position: static;
        contain: none;
        border: 0;
        overflow: hidden;
      }
      .line.added,
      .line.missing {
        background: var(--surface-2);
      }
      .line.slower .state {
        color: var(--severity-warning);
      }
      .line.faster .state {
        color: var(--severity-ok);
      }
      .line.same .name {
        opacity: 0.75;
      }
      .number {
        text-align: end;
      }
      .name {
        display: flex;
        align-items: center;
        gap: 5px;
        min-width: 0;
        height: 100%;
      }
      .name i {
        flex: none;
        width: 3px;
        height: 16px;
      }
      .name button {
        min-height: 24px;
        color: var(--ink);
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
        display: block;
      }
      .state {
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .plot {
        position: relative;
        height: 100%;
        border-inline-start: 1px solid var(--line);
        overflow: hidden;
      }
      .bar {
        position: absolute;
        height: 9px;
        min-width: 2px;
        background: var(--color);
      }
      .upper {
        top: 4px;
        opacity: 0.55;
      }
      .lower {
        top: 15px;
      }
      .bar.error {
        outline: 1.5px solid var(--severity-critical);
      }
    `,
  ];
}

const MARKS: Readonly<Record<DifferenceState, TemplateResult | string>> = {
  same: "",
  slower: "▲",
  faster: "▼",
  added: "+",
  missing: "−",
};

const lengthOf = (tree: TraceTree): number => tree.roots[0]?.span.durationUs ?? tree.endUs - tree.startUs;

function titleOf(tree: TraceTree): string {
  const root = tree.roots[0]?.span;
  const what = root === undefined ? "" : `${root.service} ${root.name}, `;
  return `${what}${formatDurationUs(lengthOf(tree))}, ${String(tree.spanCount)} spans, ${formatDateTime(tree.startUs)} UTC`;
}

const signed = (us: number): string => `${us > 0 ? "+" : ""}${formatDurationUs(us)}`;
const signedCount = (count: number): string => `${count > 0 ? "+" : ""}${String(count)}`;

function bar(
  tree: TraceTree,
  node: TraceNode | undefined,
  side: string,
  spanUs: number,
): TemplateResult | typeof nothing {
  if (node === undefined) return nothing;
  const left = ((node.span.startUs - tree.startUs) / spanUs) * 100;
  const width = (node.span.durationUs / spanUs) * 100;
  return html`<span
    class="bar ${side} ${node.span.status}"
    style="left:${String(left)}%;width:${String(width)}%;--color:${seriesColor(node.span.service)}"
  ></span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-compare": TraceCompare;
  }
}
