/** One signal of the account: where what was made has gone, why, how late, for how long it is kept, what it takes. */
import { consume } from "@lit/context";
import { LitElement, html, nothing, svg } from "lit";
import type { SVGTemplateResult, TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { LedgerFigure, SignalLedger, TelemetryLedger } from "../../../server/wire/ledger.js";
import { chartCaption } from "../../charts/chart-caption.js";
import "../../charts/chart-table.js";
import { formatBytes, formatClock, formatDurationUs, formatRatio } from "../../charts/format.js";
import "../../elements/empty-answer.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { ExportTable } from "../../state/export-text.js";
import type { UrlState } from "../../state/url-state.js";
import { bytesPerDay, countText, flowParts, PART_TITLES, reasonText, SIGNAL_TITLES } from "./account-text.js";
import { flowRects, flowTable } from "./flow-bars.js";
import { retentionAxis } from "./retention-axis.js";
import { signalAccountStyles } from "./signal-account.styles.js";

@customElement("fd-signal-account")
export class SignalAccount extends LitElement {
  @property({ attribute: false }) account!: SignalLedger;
  @property({ attribute: false }) ledger!: TelemetryLedger;
  @consume({ context: urlContext, subscribe: true }) private readonly url!: UrlState;

  override render(): TemplateResult {
    const { signal, unit, made, kept, bytes } = this.account;
    const title = SIGNAL_TITLES[signal];
    if (made.count === 0)
      return html`<h2>${title}</h2>
        <fd-empty-answer heading="No ${unit} in this window">Nothing was made in it.</fd-empty-answer>`;
    const perDay = bytesPerDay(this.account, this.ledger);
    return html`<div class="row head">
        <h2>${title}</h2>
        <span class="soft"
          >${this.figure(made)} ${unit} made, ${this.figure(kept)} kept ·
          ${formatBytes(bytes)}${
            perDay === undefined ? nothing : html` (${formatBytes(perDay)} a day at this pace)`
          }</span
        >
      </div>
      ${this.flow()}
      <div class="columns">
        <div>${this.reasons()} ${this.lateness()}</div>
        <div>${this.overTime()} ${this.retention()}</div>
      </div>`;
  }

  /** The figure, with the way to the series behind it. */
  private figure({ count, query, reason }: LedgerFigure): TemplateResult {
    const text = countText(count);
    if (query === undefined) return html`<span class="data">${text}</span>`;
    return html`<a
      class="data"
      href=${this.url.href("metrics", { query })}
      title="Open ${query} in Metrics"
      aria-label="${text} ${reason}: open the series in Metrics"
      >${text}</a
    >`;
  }

  private flow(): TemplateResult {
    const parts = flowParts(this.account);
    return html`<div class="bar" aria-hidden="true">
        ${parts.map(({ kind, share }) => (share === 0 ? nothing : html`<i class=${kind} style="flex-grow:${share}"></i>`))}
      </div>
      <ul class="legend" aria-label="What became of what was made">
        ${parts.map(
          ({ kind, count, share }) =>
            html`<li class=${count === 0 ? "none" : ""}>
              <i class=${kind}></i>${PART_TITLES[kind]} <span class="data">${countText(count)}</span>
              ${count === 0 ? nothing : html`<span class="soft">${formatRatio(share)}</span>`}
            </li>`,
        )}
      </ul>`;
  }

  private reasons(): TemplateResult {
    const { sampledOutBy, droppedBy, keptBy, unit } = this.account;
    const rows = [
      ...keptBy.map((figure) => ({ figure, part: PART_TITLES.kept })),
      ...sampledOutBy.map((figure) => ({ figure, part: PART_TITLES["left-out"] })),
      ...droppedBy.map((figure) => ({ figure, part: PART_TITLES.lost })),
    ];
    if (rows.length === 0)
      return html`<p class="soft">Nothing stands between the processes and this store: all that is made is kept.</p>`;
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Why">
      <table>
        <caption>
          Why ${unit} are not there, and what they were kept for
        </caption>
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col">What became of them</th>
            <th scope="col" class="number unit">${unit}</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ figure, part }) =>
              html`<tr class=${figure.count === 0 ? "none" : ""}>
                <td>${figure.reason}<br /><span class="soft small">${reasonText(figure.reason)}</span></td>
                <td>${part}</td>
                <td class="number">${this.figure(figure)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private lateness(): TemplateResult {
    const { delay, inFlight, unit } = this.account;
    const waiting = inFlight.count > 0 ? html` ${this.figure(inFlight)} ${unit} are on the way now.` : nothing;
    if (delay === undefined) return html`<p class="soft">What is kept is there at once.${waiting}</p>`;
    return html`<p>
      Half of what arrives takes up to <span class="data">${formatDurationUs(delay.medianUs)}</span>, 99 % up to
      <span class="data">${formatDurationUs(delay.p99Us)}</span>.${waiting}
    </p>`;
  }

  private overTime(): TemplateResult {
    const { buckets, unit } = this.account;
    const { fromUs, toUs } = this.ledger;
    const caption = chartCaption(`${unit} by when they were made`, "", { fromUs, toUs });
    return html`<figure>
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" role="img" aria-label=${caption}>
        ${flowRects(buckets).map(
          ({ kind, x, y, width, height }): SVGTemplateResult =>
            svg`<rect class=${kind} x=${x} y=${y} width=${width * 0.86} height=${height}></rect>`,
        )}
      </svg>
      <figcaption class="soft small">${caption}</figcaption>
      <fd-chart-table caption=${caption} .table=${(): ExportTable => flowTable(buckets)}></fd-chart-table>
    </figure>`;
  }

  private retention(): TemplateResult {
    const { nowUs, dataFromUs, signals } = this.ledger;
    const longest = Math.max(...signals.flatMap(({ tiers }) => tiers.map(({ untilAgeUs }) => untilAgeUs)));
    const { hotTo, warmTo, marks } = retentionAxis(this.account, nowUs - dataFromUs, longest);
    const percent = (share: number): string => `${String(Math.round(share * 1_000) / 10)}%`;
    return html`<div class="retention">
      <div class="axis" aria-hidden="true">
        <i class="hot" style="inset-inline-end:0;width:${percent(hotTo)}"></i>
        <i class="warm" style="inset-inline-end:${percent(hotTo)};width:${percent(warmTo - hotTo)}"></i>
        ${marks.map(({ at, kind }) => html`<b class=${kind} style="inset-inline-end:${percent(at)}"></b>`)}
      </div>
      <div class="row ends soft small" aria-hidden="true"><span>older</span><span>now</span></div>
      <p class="small">
        Answered at ${formatClock(nowUs)}: from <span class="data">${formatClock(this.account.answerableFromUs)}</span>
        to now.
        <span class="soft">${marks.map(({ text }) => text).join("; ")}.</span>
      </p>
      <table class="tiers">
        <caption class="hidden">
          What is kept, by tier
        </caption>
        <tbody>
          ${this.account.tiers.map(
            ({ tier, kept, bytes, untilAgeUs }) =>
              html`<tr>
                <th scope="row">
                  <i class=${tier}></i> ${tier} <span class="soft">to ${formatDurationUs(untilAgeUs)}</span>
                </th>
                <td class="number">${countText(kept)} ${this.account.unit}</td>
                <td class="number">${formatBytes(bytes)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  static override styles = [sharedStyles, signalAccountStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-signal-account": SignalAccount;
  }
}
