/** `<fd-logql-chart>`: the numbers that a LogQL query makes of lines, over the window. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import "../../charts/time-chart.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { PrometheusResult } from "../../net/prometheus.js";
import { seriesOf, stepSecondsOf } from "../../net/range-query.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { metricTimes } from "./logs-export.js";

@customElement("fd-logql-chart")
export class LogqlChart extends LitElement {
  @property() query = "";
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  private readonly markers = new MarkerController(this, () => this.run);
  private readonly answer = new QueryController(this, {
    key: () => (this.run === undefined || this.query === "" ? undefined : [this.query, this.window]),
    run: (signal) => this.ask(signal),
  });

  private async ask(signal: AbortSignal): Promise<readonly ChartSeries[]> {
    const parameters = { query: this.query, ...metricTimes(this.window) };
    const answer = await this.run?.queries.loki("query_range", parameters, signal);
    const result = answer?.data as PrometheusResult | undefined;
    const stepUs = stepSecondsOf(this.window) * 1_000_000;
    return result === undefined ? [] : seriesOf(result).map((series) => ({ ...series, stepUs }));
  }

  /** What is drawn, for exports. */
  get shown(): readonly ChartSeries[] {
    return this.answer.value ?? [];
  }

  override render(): TemplateResult {
    const series = this.answer.value;
    return html`<fd-error-notice .error=${this.answer.error}></fd-error-notice>
      <fd-time-chart
        .series=${series ?? []}
        .window=${this.window}
        .markers=${this.markers.markers}
        .height=${320}
        caption=${this.query}
        emptyText=${series === undefined ? "Counting lines …" : "No line in any range"}
      ></fd-time-chart>
      ${
        series === undefined
          ? nothing
          : html`<p class="small soft">
              ${series.length} series, one point every ${stepSecondsOf(this.window)} s. A step without lines is a gap.
            </p>`
      }`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        overflow: auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-logql-chart": LogqlChart;
  }
}
