/** One panel of a dashboard: its queries over the window, drawn together. Asks only while it can be seen. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { frozenSeries } from "../../charts/frozen-series.js";
import type { ChartMarker, ChartSeries } from "../../charts/time-chart.js";
import "../../charts/time-chart.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { VisibilityController } from "../../controllers/visibility-controller.js";
import "../../elements/error-notice.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { rangeQuery } from "../../net/range-query.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { queryFor } from "./definitions.js";
import type { PanelDefinition } from "./definitions.js";

/** Series that a panel names at first: two lines of a narrow one. */
const LEGEND_MAX = 5;

@customElement("fd-dashboard-panel")
export class DashboardPanel extends LitElement {
  @property({ attribute: false }) definition!: PanelDefinition;
  /** Fills `$job`. */
  @property() job = "";
  @property({ attribute: false }) markers: readonly ChartMarker[] = [];
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly sight = new VisibilityController(this);
  private readonly answers = new QueryController(this, {
    key: () => (this.sight.visible ? [this.definition.id, this.job, this.time.window()] : undefined),
    run: (signal) => this.ask(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.time, events: ["window"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const { definition, answers } = this;
    const links = definition.queries.map(({ query, legend }) => ({
      href: this.url.href("metrics", { query: queryFor(query, this.job) }),
      // Panels of several queries name each by the fixed part of its legend.
      text: definition.queries.length === 1 ? "Open" : legend.replace(/\{\{.*?\}\}/g, "").trim() || "Open",
    }));
    return html`<section aria-label=${definition.title}>
      <div class="head">
        <h3>${definition.title}</h3>
        ${links.map(
          ({ href, text }) =>
            html`<a class="small" href=${href} title="Open in Metrics"
              >${text}<span class="visually-hidden"> (${definition.title}) in Metrics</span></a
            >`,
        )}
        <fd-pin-button compact label="Pin ${definition.title}" .exhibit=${() => this.exhibit()}></fd-pin-button>
      </div>
      <p class="small soft">${definition.caption}</p>
      <fd-error-notice .error=${answers.error}></fd-error-notice>
      <fd-time-chart
        .series=${answers.value ?? []}
        .markers=${this.markers}
        .height=${150}
        .legendMax=${LEGEND_MAX}
        .emptyText=${definition.empty ?? "No samples in this time range"}
        unit=${definition.unit}
        caption="${definition.title}${this.job === "" ? "" : ` of ${this.job}`}: ${definition.caption}"
      ></fd-time-chart>
    </section>`;
  }

  private async ask(signal: AbortSignal): Promise<readonly ChartSeries[]> {
    const window = this.time.window();
    const answers = await Promise.all(
      this.definition.queries.map(({ query, legend }) =>
        rangeQuery(this.run.queries, { query: queryFor(query, this.job), legend, window }, signal),
      ),
    );
    return answers.flatMap(({ series }) => series).sort((one, other) => one.name.localeCompare(other.name));
  }

  private exhibit(): ExhibitParts | undefined {
    const series = this.answers.value;
    const [first] = this.definition.queries;
    if (series === undefined || first === undefined) return undefined;
    const search = new URLSearchParams({
      query: queryFor(first.query, this.job),
      from: this.time.range.from,
      to: this.time.range.to,
    });
    return {
      title: `${this.definition.title} of ${this.job === "" ? "all services" : this.job}`,
      frozen: frozenSeries(series, this.definition.unit),
      reference: { view: "metrics", search: search.toString(), window: this.time.window() },
    };
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
        min-height: 220px;
      }
      .head {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 28px;
      }
      h3 {
        flex: 1;
        min-width: 0;
      }
      a {
        display: inline-grid;
        place-items: center;
        min-width: 24px;
        min-height: 24px;
        white-space: nowrap;
      }
      p {
        margin: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-dashboard-panel": DashboardPanel;
  }
}
