/**
 * The legend of a chart as a table: minimum, mean, maximum, last and, while a crosshair stands over the chart, the value
 * there. A click on a head sorts, on a name hides or shows, with Alt (or the button behind it) shows it alone.
 * Dispatches `legend-order` {order} and `series-toggled` {name, alone}.
 */
import { css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { valueAt } from "./chart-data.js";
import type { ChartSeries } from "./chart-data.js";
import { formatUnit } from "./format.js";
import { LegendElement } from "./legend-element.js";
import { LEGEND_COLUMNS, sortStatistics, statisticsOf } from "./series-statistics.js";
import type { LegendColumn, LegendOrder, SeriesStatistics } from "./series-statistics.js";

/** Rows that are drawn; of more the table says how many are left. */
const ROWS_MAX = 200;

const TITLES: Readonly<Record<LegendColumn, string>> = {
  name: "Series",
  min: "Min",
  mean: "Mean",
  max: "Max",
  last: "Last",
};

@customElement("fd-series-legend")
export class SeriesLegend extends LegendElement {
  /** Undefined keeps the order of the answer. */
  @property({ attribute: false }) order: LegendOrder | undefined;
  private rows: readonly SeriesStatistics[] = [];

  override render(): TemplateResult {
    const all = this.series.map((one) => statisticsOf(ownValues(one)));
    const sorted = this.order === undefined ? all : sortStatistics(all, this.order);
    this.rows = sorted.slice(0, ROWS_MAX);
    const dashed = new Set(this.series.filter((one) => one.dashed === true).map(({ name }) => name));
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Series">
        <table>
          <thead>
            <tr>
              ${LEGEND_COLUMNS.map((column) => this.head(column))}
              <th class="number" title="At the crosshair">At</th>
            </tr>
          </thead>
          <tbody>
            ${this.rows.map((row) => this.row(row, dashed.has(row.name)))}
          </tbody>
        </table>
      </div>
      ${
        sorted.length > ROWS_MAX
          ? html`<p class="small soft">
              The first ${ROWS_MAX} of ${sorted.length} series; aggregate or sort to see the others.
            </p>`
          : nothing
      }`;
  }

  private head(column: LegendColumn): TemplateResult {
    const sorted = this.order?.column === column ? (this.order.descending ? "descending" : "ascending") : "none";
    return html`<th class=${column === "name" ? "" : "number"} aria-sort=${sorted}>
      <button
        class="quiet"
        @click=${() => {
          // Figures are wanted from the highest, names from A.
          const descending = sorted === "none" ? column !== "name" : sorted === "ascending";
          const order: LegendOrder = { column, descending };
          this.dispatchEvent(new CustomEvent("legend-order", { detail: { order }, bubbles: true, composed: true }));
        }}
      >
        ${TITLES[column]}${sorted === "none" ? nothing : html`<span aria-hidden="true">${sorted === "descending" ? "↓" : "↑"}</span>`}
      </button>
    </th>`;
  }

  private row(row: SeriesStatistics, dashed: boolean): TemplateResult {
    const { name } = row;
    const shown = !this.concealed.has(name);
    const figure = (value: number | undefined): string => (value === undefined ? "–" : formatUnit(value, this.unit));
    return html`<tr class=${shown ? "" : "off"} data-series=${name}>
      <td>
        <div>
          <button
            class="quiet name"
            aria-pressed=${shown ? "true" : "false"}
            title="${name}: click to ${shown ? "hide" : "show"}, with Alt to show it alone, m for where to go from it"
            @click=${(event: MouseEvent) => {
              this.toggle(name, event.altKey);
            }}
          >
            <i class=${dashed ? "dashed" : ""} style="color:${this.colors.get(name) ?? ""}"></i><span>${name}</span>
          </button>
          <button
            class="quiet only"
            aria-label="Only ${name}"
            title="Show this one alone, or all again"
            @click=${() => {
              this.toggle(name, true);
            }}
          >
            only
          </button>
        </div>
      </td>
      <td class="number">${figure(row.min)}</td>
      <td class="number">${figure(row.mean)}</td>
      <td class="number">${figure(row.max)}</td>
      <td class="number">${figure(row.last)}</td>
      <td class="number at"></td>
    </tr>`;
  }

  protected override showValues(atUs: number | undefined): void {
    const byName = new Map(this.series.map((one) => [one.name, ownValues(one)]));
    for (const [index, place] of [...this.renderRoot.querySelectorAll<HTMLElement>("td.at")].entries()) {
      const series = byName.get(this.rows[index]?.name ?? "");
      const value = atUs === undefined || series === undefined ? undefined : valueAt(series, atUs, this.reachUs);
      const text = value === undefined ? "" : formatUnit(value, this.unit);
      if (place.textContent !== text) place.textContent = text;
    }
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
        container: chart / inline-size;
      }
      /* Head and eleven whole rows. */
      .scroll {
        max-height: 301px;
      }
      th {
        position: sticky;
        top: 0;
        background: var(--surface-0);
        z-index: 1;
      }
      th,
      td {
        padding: 0 var(--space-2);
        vertical-align: middle;
      }
      th button {
        min-height: 24px;
        padding: 0 2px;
        font-size: var(--text-s);
        color: var(--ink-soft);
      }
      td.at {
        min-width: 70px;
        color: var(--accent);
      }
      td > div {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        max-width: 70ch;
      }
      /* In half a window the figures stay in sight, and the names end in dots. */
      @container chart (max-width: 640px) {
        td > div {
          max-width: 26ch;
        }
      }
      button.name,
      button.only {
        min-height: 24px;
        padding: 0 2px;
        font-size: var(--text-s);
        gap: 6px;
        min-width: 0;
      }
      button.name[aria-pressed="true"] {
        background: none;
        border-color: transparent;
      }
      .name span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .off .name span {
        text-decoration: line-through;
        color: var(--ink-soft);
      }
      button.only {
        color: var(--ink-soft);
        opacity: 0;
      }
      tr:hover .only,
      button.only:focus-visible {
        opacity: 1;
      }
      i {
        width: 14px;
        height: 0;
        border-block-start: 2px solid currentColor;
        flex: none;
      }
      i.dashed {
        border-block-start-style: dashed;
      }
    `,
  ];
}

/** A stacked series by what it adds itself. */
const ownValues = (series: ChartSeries): ChartSeries =>
  series.parts === undefined ? series : { ...series, values: series.parts };

declare global {
  interface HTMLElementTagNameMap {
    "fd-series-legend": SeriesLegend;
  }
}
