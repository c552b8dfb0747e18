/**
 * The legend of a chart in a row: each series with its colour and its value at the crosshair, else its last one, with
 * its time where the series has ended. A click hides or shows a series, with Alt shows it alone. Dispatches
 * `series-toggled` {name, alone}.
 */
import { css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { endedAtUs, highestSeries, lastValue, valueAt } from "./chart-data.js";
import type { ChartSeries } from "./chart-data.js";
import { formatClock, formatUnit } from "./format.js";
import { LegendElement } from "./legend-element.js";

/** Series that the whole list names; of more it says how many are left out. */
const LISTED_MAX = 30;

@customElement("fd-series-list")
export class SeriesList extends LegendElement {
  /** How many series are named before it is asked for the others. */
  @property({ type: Number }) shortMax = LISTED_MAX;
  /** The simulated clock: a series that ended before it has no value of now. */
  @property({ type: Number }) nowUs = Number.POSITIVE_INFINITY;
  @state() private whole = false;
  /** In the order of the list. */
  private named: readonly ChartSeries[] = [];

  override render(): TemplateResult {
    this.named = this.whole
      ? this.series.slice(0, LISTED_MAX)
      : highestSeries(this.series, Math.min(LISTED_MAX, this.shortMax));
    return html`<ul aria-label="Series">
      ${this.named.map((series) => this.item(series))}${this.rest(this.series.length - this.named.length)}
    </ul>`;
  }

  private item({ name, dashed }: ChartSeries): TemplateResult {
    const shown = !this.concealed.has(name);
    return html`<li data-series=${name}>
      <button
        class="quiet"
        aria-pressed=${shown ? "true" : "false"}
        title="${name}: click to ${shown ? "hide" : "show"}, with Alt to show it alone, m for where to go from it"
        @click=${({ altKey: alone }: MouseEvent) => {
          this.toggle(name, alone);
        }}
      >
        <i class=${dashed === true ? "dashed" : ""} style="color:${this.colors.get(name) ?? ""}"></i>
        <span class="name">${name}</span>
        <span class="data value"></span>
      </button>
    </li>`;
  }

  private rest(left: number): TemplateResult | typeof nothing {
    const canBeShort = this.shortMax < LISTED_MAX && this.series.length > this.shortMax;
    if (!canBeShort) return left > 0 ? html`<li class="small soft">and ${left} more; see the table</li>` : nothing;
    return html`<li>
      <button
        class="quiet soft"
        aria-expanded=${this.whole ? "true" : "false"}
        @click=${() => {
          this.whole = !this.whole;
        }}
      >
        ${this.whole ? "Fewer" : `${String(left)} more`}
      </button>
    </li>`;
  }

  protected override showValues(atUs: number | undefined): void {
    const places = this.renderRoot.querySelectorAll<HTMLElement>("li .value");
    for (const [index, place] of places.entries()) {
      const series = this.named[index];
      if (series === undefined) continue;
      const value = atUs === undefined ? lastValue(series) : valueAt(series, atUs, this.reachUs);
      const endUs = atUs === undefined ? endedAtUs(series, this.nowUs, this.reachUs) : undefined;
      const until = endUs === undefined ? "" : ` until ${formatClock(endUs)}`;
      const text = value === undefined ? "–" : `${formatUnit(value, this.unit)}${until}`;
      if (place.textContent !== text) place.textContent = text;
    }
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
        /* Not a whole number of rows: what is cut shows that there is more. */
        max-height: 132px;
        overflow: auto;
      }
      li,
      li button {
        max-width: 100%;
      }
      li button {
        padding: 0 2px;
        min-height: 24px;
        font-size: var(--text-s);
        gap: 6px;
      }
      li button[aria-pressed="true"] {
        background: none;
        border-color: transparent;
      }
      li button[aria-pressed="false"] .name {
        text-decoration: line-through;
        color: var(--ink-soft);
      }
      /* As wide as most figures are: what follows the pointer must not move its neighbours. */
      .value {
        min-width: 7ch;
        text-align: start;
      }
      .name {
        max-width: 46ch;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
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

declare global {
  interface HTMLElementTagNameMap {
    "fd-series-list": SeriesList;
  }
}
