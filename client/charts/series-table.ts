/**
 * What a chart shows, as a table: instants of its window, newest first, a column for each series, and the single requests
 * that it marks. Closed until it is asked for. Dispatches `exemplar-picked` with the ChartExemplar.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { sharedStyles } from "../elements/shared.styles.js";
import type { ExportTable } from "../state/export-text.js";
import { tableRows } from "./chart-data.js";
import type { ChartExemplar, ChartSeries } from "./chart-data.js";
import type { ChartTable } from "./chart-table.js";
import "./chart-table.js";
import { formatClock, formatUnit } from "./format.js";

const ROWS_MAX = 60;
const SERIES_MAX = 12;

@customElement("fd-series-table")
export class SeriesTable extends LitElement {
  @property({ attribute: false }) series: readonly ChartSeries[] = [];
  @property({ attribute: false }) exemplars: readonly ChartExemplar[] = [];
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  @property() caption = "";
  /** As `formatUnit` takes it. */
  @property() unit = "";
  @state() private open = false;

  override render(): TemplateResult {
    const count = this.series.length;
    const left = count > SERIES_MAX ? ` (first ${String(SERIES_MAX)} of ${String(count)} series)` : "";
    return html`<fd-chart-table
      caption=${`${this.caption}${left}`}
      .table=${(): ExportTable => this.table()}
      @toggle=${(event: Event) => {
        this.open = (event.target as ChartTable).open;
      }}
      >${this.open ? this.requests() : nothing}</fd-chart-table
    >`;
  }

  private table(): ExportTable {
    const series = this.series.slice(0, SERIES_MAX);
    return {
      columns: ["Time (UTC)", ...series.map(({ name }) => (name === "" ? "Value" : name))],
      rows: tableRows(series, this.window, ROWS_MAX).map(({ atUs, values }) => [
        formatClock(atUs),
        ...values.map((value) => (value === undefined ? null : formatUnit(value, this.unit))),
      ]),
    };
  }

  private requests(): TemplateResult | typeof nothing {
    if (this.exemplars.length === 0) return nothing;
    return html`<p class="small soft">Traces of single requests:</p>
      <ul>
        ${this.exemplars.slice(0, ROWS_MAX).map(
          (exemplar) =>
            html`<li>
              <button
                class="link small"
                @click=${() => {
                  this.dispatchEvent(
                    new CustomEvent("exemplar-picked", { detail: exemplar, bubbles: true, composed: true }),
                  );
                }}
              >
                ${formatClock(exemplar.atUs)} ${formatUnit(exemplar.value, this.unit)}
              </button>
            </li>`,
        )}
      </ul>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-3);
        max-height: 96px;
        overflow: auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-series-table": SeriesTable;
  }
}
