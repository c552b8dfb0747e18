/** `<fd-traffic-sparks>`: rate, errors and slow requests of one part or call over the page's window, from its metrics. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../../charts/time-chart.js";
import type { ChartSeries } from "../../charts/time-chart.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { askSparks } from "./spark-series.js";
import type { SparkQuery } from "./traffic-queries.js";

@customElement("fd-traffic-sparks")
export class TrafficSparks extends LitElement {
  @property({ attribute: false }) queries: readonly SparkQuery[] = [];
  /** Whose colour the lines have. */
  @property() component = "";
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;

  private readonly answers = new QueryController<readonly (readonly ChartSeries[])[]>(this, {
    key: () => (this.run === undefined || this.time === undefined ? undefined : [this.queries, this.time.window()]),
    run: (signal) => {
      const { run, time, component } = this;
      if (run === undefined || time === undefined) return Promise.resolve([]);
      return askSparks(run.queries, this.queries, { component, window: time.window() }, signal);
    },
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.time, events: ["window"] });
  }

  override render(): TemplateResult {
    return html`${this.queries.map(({ title, unit, query }, index) => {
      const series = this.answers.value?.[index] ?? [];
      return html`<figure>
        <figcaption class="small soft">
          ${title}
          ${this.url === undefined ? nothing : html`<a href=${this.url.href("metrics", { query })} title="Open in Metrics">Open</a>`}
        </figcaption>
        <fd-time-chart
          legendForm="none"
          height="90"
          caption="${title} over time"
          .unit=${unit}
          .series=${series}
          emptyText="Not measured in this time"
        ></fd-time-chart>
      </figure>`;
    })}`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      figcaption a {
        text-decoration: underline;
      }
      figure {
        margin: var(--space-2) 0 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-traffic-sparks": TrafficSparks;
  }
}
