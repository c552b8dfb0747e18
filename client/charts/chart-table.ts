/**
 * `<fd-chart-table>`: what a chart shows as a table, closed until it is asked for. The figures are worked out when it is
 * open only. Its switch carries `data-chart-table`, which the key for tables looks for. What an element puts into it
 * stands below the table; it dispatches `toggle` when it was opened or closed.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { sharedStyles } from "../elements/shared.styles.js";
import type { ExportTable } from "../state/export-text.js";

/** More would be a file: the export has them all. */
const ROWS_MAX = 120;

@customElement("fd-chart-table")
export class ChartTable extends LitElement {
  /** The first column names its row. */
  @property({ attribute: false }) table: () => ExportTable = () => ({ columns: [], rows: [] });
  @property() caption = "";
  @property({ type: Boolean, reflect: true }) open = false;

  override render(): TemplateResult {
    return html`<details
      ?open=${this.open}
      @toggle=${(event: Event) => {
        this.open = (event.target as HTMLDetailsElement).open;
        this.dispatchEvent(new Event("toggle"));
      }}
    >
      <summary class="small soft" data-chart-table>Show as table</summary>
      ${this.open ? this.body(this.table()) : nothing}
      <slot></slot>
    </details>`;
  }

  private body({ columns, rows }: ExportTable): TemplateResult {
    const left = rows.length - ROWS_MAX;
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Values">
      <table>
        <caption class="small soft">
          ${this.caption}${left > 0 ? ` (first ${String(ROWS_MAX)} of ${String(rows.length)} rows)` : ""}
        </caption>
        <thead>
          <tr>
            ${columns.map((name, index) => html`<th class=${index === 0 ? "" : "number"}>${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, ROWS_MAX).map(
            (cells) =>
              html`<tr>
                ${cells.map((cell, index) => html`<td class=${index === 0 ? "data" : "number"}>${cell ?? "–"}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      summary {
        cursor: pointer;
        width: max-content;
        line-height: 24px;
      }
      .scroll {
        max-height: 260px;
      }
      caption {
        text-align: start;
      }
      td {
        padding-block: 0;
      }
      td:first-child {
        white-space: nowrap;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-chart-table": ChartTable;
  }
}
