/**
 * `<fd-trace-set-difference>`: two sets of traces side by side, by operation: calls, failures and own time in a trace, and
 * how large the difference is for a single call.
 */
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TraceSetFigures } from "../../../server/wire/traces.js";
import { formatDurationUs, formatNumber, formatRatio } from "../../charts/format.js";
import "../../elements/pivot-menu.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { scrollTableStyles } from "../../elements/scroll-table.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { differenceRows, effectWord } from "./set-rows.js";
import type { DifferenceRow, ShareRow } from "./set-rows.js";
import { setStyles } from "./set-styles.js";

@customElement("fd-trace-set-difference")
export class TraceSetDifference extends LitElement {
  @property({ attribute: false }) selection: TraceSetFigures | undefined;
  @property({ attribute: false }) baseline: TraceSetFigures | undefined;

  override render(): TemplateResult | typeof nothing {
    const { selection, baseline } = this;
    if (selection === undefined || baseline === undefined) return nothing;
    const rows = differenceRows(selection, baseline);
    const most = rows.reduce((largest, { selfUsDifference }) => Math.max(largest, Math.abs(selfUsDifference)), 1);
    return html`<p class="soft small">
        ${counted(selection)} against ${counted(baseline)}. Own time is what an operation spent itself in one trace,
        without what it waited for; the effect is for a single call, in standard deviations of the logarithm (Hedges’
        g).
      </p>
      <div class="scroll" tabindex="0" role="group" aria-label="Differences by operation">
        <table>
          <thead>
            <tr>
              <th>Operation</th>
              <th>Own time in a trace, difference</th>
              <th class="number">Selection</th>
              <th class="number">Baseline</th>
              <th class="number">Calls in a trace</th>
              <th class="number">Failed calls</th>
              <th>Effect on a call</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => differenceRow(row, most))}
          </tbody>
        </table>
      </div>`;
  }

  static override styles = [sharedStyles, scrollTableStyles, setStyles];
}

const counted = ({ examined, total }: TraceSetFigures): string =>
  examined < total
    ? `${formatNumber(examined, 9)} of ${formatNumber(total, 9)} traces, evenly,`
    : `${formatNumber(total, 9)} traces`;

function differenceRow(row: DifferenceRow, most: number): TemplateResult {
  const { service, name, kind, selection, baseline, selfUsDifference } = row;
  return html`<tr>
    <td>
      ${serviceValue(service)}
      <fd-pivot-menu filterable .subject=${{ field: "name", value: name, service }}></fd-pivot-menu>
      <span class="soft small">${kind}</span>
      ${selection === undefined ? html`<span class="tag">gone</span>` : baseline === undefined ? html`<span class="tag">new</span>` : nothing}
    </td>
    <td class="difference">
      <span class="data">${selfUsDifference > 0 ? "+" : ""}${formatDurationUs(selfUsDifference)}</span>
      <i
        class=${selfUsDifference >= 0 ? "more" : "less"}
        style="--share:${String(Math.abs(selfUsDifference) / most)}"
      ></i>
    </td>
    <td class="number">${perTrace(selection)}</td>
    <td class="number">${perTrace(baseline)}</td>
    <td class="number">${pair(selection, baseline, ({ spansPerTrace }) => formatNumber(spansPerTrace))}</td>
    <td class="number ${row.errorEffect >= 0.2 ? "critical" : ""}">
      ${pair(selection, baseline, ({ errorRatio }) => formatRatio(errorRatio))}
    </td>
    <td class="data">${effectText(row)}</td>
  </tr>`;
}

const perTrace = (side: ShareRow | undefined): string =>
  side === undefined ? "–" : formatDurationUs(side.selfUsPerTrace);

function pair(
  selection: ShareRow | undefined,
  baseline: ShareRow | undefined,
  text: (side: ShareRow) => string,
): string {
  const [one, other] = [selection, baseline].map((side) => (side === undefined ? "–" : text(side)));
  return one === other ? (one ?? "–") : `${one ?? "–"} / ${other ?? "–"}`;
}

function effectText({ effect }: DifferenceRow): string {
  if (effect === undefined) return "–";
  const sign = effect > 0 ? "slower" : "faster";
  return Math.abs(effect) < 0.2 ? "none" : `${effectWord(effect)}, ${sign} (${formatNumber(effect, 2)})`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-set-difference": TraceSetDifference;
  }
}
