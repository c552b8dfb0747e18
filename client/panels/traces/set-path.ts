/**
 * `<fd-trace-set-path>`: the critical path of many traces: which operation, or service, carries what share of it, with
 * the trace in which it carries most.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TraceSetFigures } from "../../../server/wire/traces.js";
import { formatDurationUs, formatNumber, formatRatio } from "../../charts/format.js";
import "../../elements/pivot-menu.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { scrollTableStyles } from "../../elements/scroll-table.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { shareRows } from "./set-rows.js";
import type { ShareRow } from "./set-rows.js";
import { setStyles } from "./set-styles.js";

@customElement("fd-trace-set-path")
export class TraceSetPath extends LitElement {
  @property({ attribute: false }) figures: TraceSetFigures | undefined;
  /** What the set is, in words. */
  @property() subject = "";
  @property() by: "operation" | "service" = "operation";
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;

  override render(): TemplateResult | typeof nothing {
    const { figures } = this;
    if (figures === undefined) return nothing;
    const rows = shareRows(figures, this.by);
    return html`<p class="soft small">
        What held up ${this.subject}: each instant of a trace belongs to the one span that everything above it waited
        for. Shortening anything else changes nothing.
        ${
          figures.examined < figures.total
            ? html`<strong>${formatNumber(figures.examined, 9)} of ${formatNumber(figures.total, 9)} traces</strong>
                were looked at, evenly over the time.`
            : html`${formatNumber(figures.total, 9)} traces.`
        }
      </p>
      <div class="scroll" tabindex="0" role="group" aria-label="Shares of the critical path">
        <table>
          <thead>
            <tr>
              <th>${this.by === "service" ? "Service" : "Operation"}</th>
              <th>Share of the critical path</th>
              <th class="number">In a trace</th>
              <th class="number">Own time</th>
              <th class="number">Calls in a trace</th>
              <th class="number">Failed</th>
              ${
                this.by === "service"
                  ? nothing
                  : html`<th class="number">p50</th>
                      <th class="number">p95</th>`
              }
              <th>Most in</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.row(row, rows[0]?.share ?? 1))}
          </tbody>
        </table>
      </div>`;
  }

  private row(row: ShareRow, most: number): TemplateResult {
    const { service, name, kind, exampleTraceId, exampleSpanId } = row;
    const href = this.url?.href("trace", { trace: exampleTraceId, span: exampleSpanId });
    return html`<tr>
      <td>
        ${serviceValue(service)}
        ${
          name === undefined
            ? nothing
            : html`<fd-pivot-menu filterable .subject=${{ field: "name", value: name, service }}></fd-pivot-menu>
                <span class="soft small">${kind}</span>`
        }
      </td>
      <td class="share">
        <span class="data">${formatRatio(row.share)}</span
        ><i style="--share:${String(most === 0 ? 0 : row.share / most)}"></i>
      </td>
      <td class="number">${formatDurationUs(row.criticalUsPerTrace)}</td>
      <td class="number">${formatDurationUs(row.selfUsPerTrace)}</td>
      <td class="number">${formatNumber(row.spansPerTrace)}</td>
      <td class="number">${row.errors === 0 ? "–" : formatRatio(row.errorRatio)}</td>
      ${
        this.by === "service"
          ? nothing
          : html`<td class="number">${formatDurationUs(row.durationUsP50 ?? NaN)}</td>
              <td class="number">${formatDurationUs(row.durationUsP95 ?? NaN)}</td>`
      }
      <td class="data">
        ${exampleTraceId === "" ? "–" : html`<a href=${href ?? nothing}>${exampleTraceId.slice(0, 8)}</a>`}
      </td>
    </tr>`;
  }

  static override styles = [sharedStyles, scrollTableStyles, setStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-set-path": TraceSetPath;
  }
}
