/** A chart of the debrief: one query, answered by the run's world and by its healthy twin, laid over each other. */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { StoryChart } from "../../../server/wire/debrief.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import "../../charts/time-chart.js";
import type { ChartMarker, ChartSeries } from "../../charts/time-chart.js";
import { errorOf, QueryController } from "../../controllers/query-controller.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { WorldName } from "../../net/api.js";
import { rangeQuery } from "../../net/range-query.js";
import type { RangeAnswer } from "../../net/range-query.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { storySeries } from "./story-series.js";

interface StoryAnswer {
  readonly series: readonly ChartSeries[];
  /** Why the twin is missing; what the run's own world says is shown all the same. */
  readonly twinError: ApiError | undefined;
}

@customElement("fd-story-chart")
export class StoryChartPanel extends LitElement {
  @property({ attribute: false }) chart!: StoryChart;
  @property({ attribute: false }) window!: TimeWindow;
  @property({ attribute: false }) markers: readonly ChartMarker[] = [];
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  private readonly answers = new QueryController<StoryAnswer>(this, {
    key: () => [this.chart.query, this.window],
    run: (signal) => this.askBoth(signal),
  });

  override render(): TemplateResult {
    const { chart, window } = this;
    return html`
      <header class="row">
        <h3>${chart.title}</h3>
        ${this.answers.pending ? html`<span class="soft small" role="status">Loading …</span>` : nothing}
        <a
          class="end"
          href=${this.url.href("metrics", { query: chart.query, from: String(window.fromUs), to: String(window.toUs) })}
          >Open in metrics</a
        >
      </header>
      <p class="soft small">${chart.caption}</p>
      ${this.answers.error ? html`<fd-error-notice .error=${this.answers.error}></fd-error-notice>` : nothing}
      ${
        this.answers.value?.twinError
          ? html`<fd-error-notice .error=${this.answers.value.twinError}></fd-error-notice>`
          : nothing
      }
      <fd-time-chart
        .series=${this.answers.value?.series ?? []}
        .unit=${chart.unit}
        .window=${window}
        .markers=${this.markers}
        .height=${180}
        .caption=${`${chart.title}. ${chart.caption}`}
      ></fd-time-chart>
    `;
  }

  private async askBoth(signal: AbortSignal): Promise<StoryAnswer> {
    const [mine, twin] = await Promise.all([
      this.ask("mine", signal),
      this.ask("twin", signal).catch((cause: unknown) => errorOf(cause)),
    ]);
    const unnamed = this.chart.title;
    return "series" in twin
      ? { series: storySeries(mine.series, twin.series, unnamed), twinError: undefined }
      : { series: storySeries(mine.series, [], unnamed), twinError: twin };
  }

  private ask(world: WorldName, signal: AbortSignal): Promise<RangeAnswer> {
    return rangeQuery(this.run.queries, { query: this.chart.query, window: this.window, world }, signal);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
        min-width: 0;
      }
      .end {
        margin-inline-start: auto;
      }
      fd-time-chart {
        display: block;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-story-chart": StoryChartPanel;
  }
}
