/**
 * What each part of a query gave and cost, as a tree. A part under the pointer (or the focus) is marked in the query:
 * dispatches `part-pointed` {from, to} and, when it is left, {from: 0, to: 0}.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatCount, formatNumber, formatRatio } from "../../charts/format.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { costliestRow, explainRows } from "./explain-rows.js";
import type { ExplainRow, Explanation } from "./explain-rows.js";

@customElement("fd-explain-tree")
export class ExplainTree extends LitElement {
  @property({ attribute: false }) explanation: Explanation | undefined;

  override render(): TemplateResult | typeof nothing {
    const { explanation } = this;
    if (explanation === undefined) return nothing;
    const rows = explainRows(explanation);
    const costliest = costliestRow(rows);
    return html`<p class="small soft">
        Read ${formatCount(explanation.samplesRead)} samples of ${formatCount(explanation.seriesRead)} series for
        ${explanation.steps} ${explanation.steps === 1 ? "instant" : "instants"} in
        ${formatMs(rows[0]?.timeMs ?? 0)}${costliest === undefined ? nothing : html`; most of it in <code>${costliest.title}</code>`}.
      </p>
      <table aria-label="Cost of each part of the query">
        <thead>
          <tr>
            <th>Part</th>
            <th class="number">Series out</th>
            <th class="number">Samples read</th>
            <th class="number">Time</th>
            <th class="number">Own</th>
            <th class="share"><span class="visually-hidden">Share of the time</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => this.row(row))}
        </tbody>
      </table>`;
  }

  private row(row: ExplainRow): TemplateResult {
    const { depth, title, text, series, samples, timeMs, ownMs, share } = row;
    const point = (): void => {
      this.point(row.from, row.to);
    };
    const leave = (): void => {
      this.point(0, 0);
    };
    return html`<tr tabindex="0" @pointerenter=${point} @focus=${point} @pointerleave=${leave} @blur=${leave}>
      <td style="padding-inline-start:${8 + depth * 18}px">
        <strong>${title}</strong> <code class="soft" title=${text}>${text === title ? nothing : text}</code>
      </td>
      <td class="number">${formatCount(series)}</td>
      <td class="number">${formatCount(samples)}</td>
      <td class="number">${formatMs(timeMs)}</td>
      <td class="number">${formatMs(ownMs)}</td>
      <td class="share">
        <span class="track" title="${formatRatio(share)} of the time"
          ><i style="width:${(share * 100).toFixed(1)}%"></i
        ></span>
      </td>
    </tr>`;
  }

  private point(from: number, to: number): void {
    this.dispatchEvent(new CustomEvent("part-pointed", { detail: { from, to }, bubbles: true, composed: true }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        /* Words for assistive technology are placed: without this they would widen the page. */
        position: relative;
        overflow-x: auto;
        min-width: 0;
      }
      table {
        min-width: 560px;
      }
      p {
        margin-block: var(--space-1);
      }
      td {
        vertical-align: middle;
        padding-block: 2px;
      }
      td:first-child {
        max-width: 0;
        width: 60%;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      tr:hover td,
      tr:focus-visible td {
        background: var(--accent-soft);
      }
      .share {
        width: 110px;
      }
      .track {
        display: block;
        height: 8px;
        background: var(--surface-2);
      }
      .track i {
        display: block;
        height: 100%;
        background: var(--accent);
      }
    `,
  ];
}

/** Below a hundredth of a millisecond the clock says nothing. */
const formatMs = (ms: number): string => (ms < 0.01 ? "< 0.01 ms" : `${formatNumber(ms)} ms`);

declare global {
  interface HTMLElementTagNameMap {
    "fd-explain-tree": ExplainTree;
  }
}
