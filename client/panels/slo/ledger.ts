/** The ledger of one objective: its account, the pairs of windows that alerts watch, what each window spent, and who spent it. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { consume } from "@lit/context";
import { customElement, property, state } from "lit/decorators.js";
import type { SloAlertPair, SloDimension, SloLedger, SloWindow } from "../../../server/wire/alerting.js";
import {
  formatClock,
  formatCount,
  formatDateTime,
  formatDurationUs,
  formatNumber,
  formatRatio,
} from "../../charts/format.js";
import "../../elements/pivot-menu.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { burnPosition } from "./burn-thresholds.js";
import { accountParts } from "./ledger-series.js";

const ROWS_MAX = 8;

@customElement("fd-slo-ledger")
export class SloLedgerElement extends LitElement {
  @property({ attribute: false }) ledger!: SloLedger;
  @property({ type: Number }) nowUs = 0;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;

  override render(): TemplateResult {
    const { ledger } = this;
    return html`${this.account()}
      <h3>Burn against the alerts' factors</h3>
      ${ledger.pairs.length === 0 ? html`<p class="soft small">No alert watches this objective.</p>` : this.pairs()}
      <h3>What each window spent</h3>
      ${this.windows()} ${ledger.dimensions.map((dimension) => this.dimension(dimension))}`;
  }

  private account(): TemplateResult {
    const { ledger } = this;
    const parts = accountParts(ledger);
    const told = parts.map(({ title, share }) => `${formatRatio(share)} ${title}`).join(", ");
    return html`<p>
        <span class="data large ${ledger.left <= 0 ? "critical" : ledger.left < 0.25 ? "warning" : "ok"}"
          >${icon(ledger.left <= 0 ? "critical" : ledger.left < 0.25 ? "warning" : "ok", 15)}
          ${formatRatio(ledger.left)}</span
        >
        <span class="soft">of the budget left</span>
      </p>
      <div class="account" role="img" aria-label=${told} title=${told}>
        ${parts.map(({ id, width }) => html`<i class=${id} style="width:${(width * 100).toFixed(2)}%"></i>`)}
      </div>
      <p class="small soft key">
        ${parts.map(({ id, title, share }) => html`<span><i class=${id}></i> ${formatRatio(share)} ${title}</span>`)}
      </p>
      <p class="small soft">
        ${formatCount(Math.round(ledger.bad))} of ${formatCount(Math.round(ledger.total))} events were bad since
        ${formatDateTime(ledger.fromUs)} UTC; the objective allows ${formatCount(Math.round(ledger.allowed))} in
        ${ledger.windowDays} days at this traffic. ${this.exhaustion()}
      </p>
      ${this.recorded()}`;
  }

  /** Why the objective's own metric says something else: it is no second opinion. */
  private recorded(): TemplateResult | typeof nothing {
    const { recordedLeft, fromUs, windowDays } = this.ledger;
    if (recordedLeft === undefined) return nothing;
    const { query, value } = recordedLeft;
    return html`<p class="small soft">
      <a href=${this.url.href("metrics", { query })}>The rules' own metric</a> says ${formatRatio(value)}: it takes the
      data since ${formatClock(fromUs)} for all ${windowDays} days and does not know what was spent before.
    </p>`;
  }

  /** By the window of an hour, or the longest one that there is. */
  private exhaustion(): string {
    const { ledger } = this;
    if (ledger.left <= 0) return "The budget is used up.";
    const known = ledger.windows.filter(({ burnRate }) => burnRate !== undefined);
    const window = known.find(({ window: name }) => name === "1h") ?? known.at(-1);
    if (window === undefined) return "";
    if (window.exhaustedAtUs === undefined) return `At the rate of the last ${window.window} it lasts.`;
    return `At the rate of the last ${window.window} it is gone in ${formatDurationUs(window.exhaustedAtUs - this.nowUs)}, ${formatDateTime(window.exhaustedAtUs)} UTC.`;
  }

  private pairs(): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Burn against the alerts' factors">
      <table>
        <thead>
          <tr>
            <th>Windows</th>
            <th>Burn rate, and the factor at which the alert fires</th>
            <th class="number">Factor</th>
            <th>Alert</th>
          </tr>
        </thead>
        <tbody>
          ${this.ledger.pairs.map((pair) => this.pair(pair))}
        </tbody>
      </table>
    </div>`;
  }

  private pair(pair: SloAlertPair): TemplateResult {
    const { alert, severity, long, short, rate, longRate, shortRate, coveredUs, state: name } = pair;
    const isMet = isPairMet(pair);
    // The rule fires for either of its pairs: that it does says nothing of one that is not met.
    const shown = isMet || name === "inactive" ? name : undefined;
    const tone = shown === "firing" ? "critical" : shown === "pending" ? "warning" : "soft";
    const shape =
      shown === "firing" ? "critical" : shown === "pending" ? "pending" : name === "inactive" ? "ok" : "idle";
    return html`<tr>
      <td class="data">${long}<br />${short}</td>
      <td class="scale">
        ${bar(long, longRate, rate)}${bar(short, shortRate, rate)}
        ${
          coveredUs === undefined
            ? nothing
            : html`<span class="small soft">from the ${formatDurationUs(coveredUs)} that there are</span>`
        }
      </td>
      <td class="number">${formatNumber(rate)}×<br /><span class="soft">${severity}</span></td>
      <td class=${tone}>
        ${icon(shape, 13)}
        ${name === undefined ? html`no rule${missingRule(pair)}` : html`${shown === undefined ? "not met; " : nothing}<a href=${this.url.href("alerts", { rule: alert })}>${name}</a>${shown === undefined ? " by another pair" : nothing}`}
      </td>
    </tr>`;
  }

  private windows(): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="group" aria-label="What each window spent">
      <table>
        <thead>
          <tr>
            <th>Window</th>
            <th class="number">Bad</th>
            <th class="number">Burn</th>
            <th class="number">Of the budget</th>
            <th>Gone at this rate</th>
          </tr>
        </thead>
        <tbody>
          ${this.ledger.windows.map((window) => this.window_(window))}
        </tbody>
      </table>
    </div>`;
  }

  private window_({ window: name, errorRatio, burnRate, spent, exhaustedAtUs }: SloWindow): TemplateResult {
    if (burnRate === undefined) {
      return html`<tr>
        <td class="data">${name}</td>
        <td class="soft small" colspan="4">the data do not reach back so far</td>
      </tr>`;
    }
    return html`<tr>
      <td class="data">${name}</td>
      <td class="number">${errorRatio === undefined ? "–" : formatRatio(errorRatio)}</td>
      <td class="number">${formatNumber(burnRate)}×</td>
      <td class="number">${spent === undefined ? "–" : formatRatio(spent)}</td>
      <td>${exhaustedAtUs === undefined ? "lasts" : `in ${formatDurationUs(exhaustedAtUs - this.nowUs)}`}</td>
    </tr>`;
  }

  private dimension({ label, rows }: SloDimension): TemplateResult | typeof nothing {
    if (rows.length === 0) return nothing;
    const most = Math.max(...rows.map(({ spent }) => spent), Number.MIN_VALUE);
    return html`<h3>Spent by ${label}</h3>
      <div class="scroll" tabindex="0" role="group" aria-label="Budget spent by ${label}">
        <table>
          <thead>
            <tr>
              <th>${label}</th>
              <th><span class="visually-hidden">Share of the most</span></th>
              <th class="number">Of the budget</th>
              <th class="number">Bad</th>
              <th class="number">Of all</th>
            </tr>
          </thead>
          <tbody>
            ${rows.slice(0, ROWS_MAX).map(
              ({ value, bad, total, spent }) =>
                html`<tr>
                  <td class="data">
                    <fd-pivot-menu .subject=${{ field: label, value, service: this.ledger.service, atUs: this.nowUs }}
                      >${value === "" ? "(none)" : value}</fd-pivot-menu
                    >
                  </td>
                  <td class="scale">
                    <span class="track"><i style="width:${((spent / most) * 100).toFixed(1)}%"></i></span>
                  </td>
                  <td class="number">${formatRatio(spent)}</td>
                  <td class="number">${formatCount(Math.round(bad))}</td>
                  <td class="number">${formatCount(Math.round(total))}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${rows.length > ROWS_MAX ? html`<p class="soft small">and ${rows.length - ROWS_MAX} more</p>` : nothing}`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      h3 {
        margin-block: var(--space-3) var(--space-1);
      }
      p {
        margin-block: var(--space-1);
      }
      /* In the midst of words: told from them by more than its colour. */
      td.soft a,
      p.soft a {
        text-decoration: underline;
      }
      .large {
        font-size: var(--text-l);
        font-weight: 600;
      }
      .account {
        display: flex;
        height: 14px;
        border: 1px solid var(--line-strong);
        background: var(--surface-2);
      }
      .account i,
      .key i {
        display: block;
      }
      i.before {
        background: var(--line-strong);
      }
      i.known {
        background: repeating-linear-gradient(135deg, var(--severity-critical) 0 4px, transparent 4px 6px);
      }
      i.left {
        background: var(--severity-ok);
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-4);
      }
      .key span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .key i {
        width: 10px;
        height: 10px;
        border: 1px solid var(--line-strong);
      }
      td {
        vertical-align: middle;
      }
      .scale {
        width: 42%;
        min-width: 120px;
      }
      .burn {
        display: grid;
        grid-template-columns: 1fr 62px;
        gap: var(--space-2);
        align-items: center;
      }
      .track {
        position: relative;
        display: block;
        height: 8px;
        background: var(--surface-2);
        border: 1px solid var(--line);
      }
      .track i {
        position: absolute;
        inset-block: 0;
        inset-inline-start: 0;
        background: var(--series-1);
      }
      .track i.over {
        background: var(--severity-critical);
      }
      .track i.factor {
        width: 2px;
        background: var(--ink);
        inset-block: -3px;
      }
    `,
  ];
}

/** One window's rate on the logarithmic scale that all share, with the factor as a mark. */
function bar(window: string, rate: number | undefined, factor: number): TemplateResult {
  const told = rate === undefined ? "no data" : `${formatNumber(rate)}×`;
  return html`<div class="burn" title="${window}: ${told}, fires at ${formatNumber(factor)}×">
    <span class="track"
      >${
        rate === undefined
          ? nothing
          : html`<i class=${rate >= factor ? "over" : ""} style="width:${(burnPosition(rate) * 100).toFixed(1)}%"></i>`
      }<i class="factor" style="inset-inline-start:${(burnPosition(factor) * 100).toFixed(1)}%"></i></span
    ><span class="data small">${told}</span>
  </div>`;
}

/** Both burn rates are above the factor. */
const isPairMet = ({ longRate = 0, shortRate = 0, rate }: SloAlertPair): boolean => longRate > rate && shortRate > rate;

/** What would have to stand in the rules for this pair to call somebody. */
function missingRule({ long, short, rate, severity }: SloAlertPair): TemplateResult {
  return html`<details class="small soft">
    <summary>What would be needed</summary>
    A rule of severity ${severity} that fires while the burn rate over ${long} and that over ${short} are both above
    ${formatNumber(rate)}: <code>burn[${long}] &gt; ${rate} and burn[${short}] &gt; ${rate}</code>, where
    <code>burn</code> is the share of bad events divided by the share that the objective allows.
  </details>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-slo-ledger": SloLedgerElement;
  }
}
