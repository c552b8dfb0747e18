/** `<fd-field-series>`: one field of the matching lines over time: its most frequent values, or the median where it is a number. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogFieldSeries } from "../../../server/wire/logs.js";
import type { LogsRequest } from "../../../server/wire/telemetry.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import { formatNumber } from "../../charts/format.js";
import "../../charts/time-chart.js";
import { QueryController } from "../../controllers/query-controller.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";

const BUCKETS = 60;

/** Dispatches `close`. */
@customElement("fd-field-series")
export class FieldSeries extends LitElement {
  @property() field = "";
  @property({ attribute: false }) request: LogsRequest | undefined;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  private readonly series = new QueryController(this, {
    key: () => (this.request === undefined || this.run === undefined ? undefined : [this.request, this.field]),
    run: (signal) => {
      if (this.request === undefined || this.run === undefined) throw new Error("asked without a request");
      return this.run.queries.logFieldSeries({ ...this.request, field: this.field, buckets: BUCKETS }, signal);
    },
  });

  override render(): TemplateResult {
    const answer = this.series.value;
    return html`<section aria-label="${this.field} over time">
      <div class="row">
        <h2>${this.field} over time</h2>
        <span class="soft small">${answer === undefined ? "" : exampleText(answer)}</span>
        <button
          class="quiet"
          aria-label="Close the chart of ${this.field}"
          @click=${() => {
            this.dispatchEvent(new CustomEvent("close"));
          }}
        >
          ${icon("close", 12)}
        </button>
      </div>
      <fd-error-notice .error=${this.series.error}></fd-error-notice>
      <fd-time-chart
        .series=${answer === undefined ? [] : seriesOf(answer, this.field, this.request?.fromUs ?? 0)}
        .window=${this.request}
        .height=${110}
        caption="${this.field} of the matching lines over time"
        emptyText="No line has this field"
      ></fd-time-chart>
    </section>`;
  }

  static override styles = [
    sharedStyles,
    css`
      section {
        border: 1px solid var(--line);
        border-radius: var(--radius);
        padding: var(--space-1) var(--space-2);
      }
      .row span {
        flex: 1;
      }
    `,
  ];
}

/** What is drawn, and of how many values and lines. Of some lines only, counts are estimates. */
export function exampleText({ examined, total, values, distinct, medians }: LogFieldSeries): string {
  const isSample = examined < total;
  const lines = isSample
    ? `from ${formatNumber(examined, 9)} of ${formatNumber(total, 9)} lines, evenly spread`
    : `of all ${formatNumber(total, 9)} lines`;
  if (medians !== undefined) return `Median ${lines}`;
  const of =
    values.length < distinct
      ? `${String(values.length)} of ${isSample ? "at least " : ""}${formatNumber(distinct, 9)} values`
      : "";
  const drawn = ["Lines by value", of].filter((part) => part !== "").join(", ");
  return isSample ? `${drawn}: ≈ counts, estimated ${lines}` : `${drawn}, ${lines}`;
}

/** Points stand at the beginning of their step. Of some lines only, counts are raised to all. */
export function seriesOf(
  { stepUs, values, medians, total, examined }: LogFieldSeries,
  field: string,
  fromUs: number,
): readonly ChartSeries[] {
  const timesOf = (length: number): Float64Array => Float64Array.from({ length }, (_, step) => fromUs + step * stepUs);
  if (medians !== undefined) {
    const points = Float64Array.from(medians, (median) => median ?? Number.NaN);
    return [{ name: `median of ${field}`, timesUs: timesOf(points.length), values: points, stepUs }];
  }
  const raise = examined === 0 ? 1 : total / examined;
  return values.map(({ value, counts }) => ({
    name: value === "" ? "(empty)" : value,
    timesUs: timesOf(counts.length),
    values: Float64Array.from(counts, (count) => Math.round(count * raise)),
    stepUs,
  }));
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-field-series": FieldSeries;
  }
}
