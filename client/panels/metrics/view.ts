/**
 * Metrics: a PromQL editor, its answer as graph and table, exemplars of histogram queries, and a list of what there is.
 * The URL holds the query (`query`), the tab (`tab`) and whether the list is open (`browse`).
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { formatClock, formatUnit } from "../../charts/format.js";
import { frozenSeries } from "../../charts/frozen-series.js";
import { unitOfQuery } from "../../charts/query-unit.js";
import "../../charts/time-chart.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import "../../elements/pivot-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { resultOf, valueOf } from "../../net/prometheus.js";
import type { Labels, PrometheusResult } from "../../net/prometheus.js";
import { exemplarQuery, rangeQuery } from "../../net/range-query.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./editor.js";
import type { PromqlEditor } from "./editor.js";
import { exemplarSelector, firstQuery, searchMetrics } from "./metric-list.js";
import type { MetricEntry } from "./metric-list.js";
import { readHistory, withQuery, writeHistory } from "./query-history.js";

const TABLE_ROWS_MAX = 300;

@customElement("fd-view-metrics")
export class MetricsView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @state() private history: readonly string[] | undefined;
  @state() private search = "";
  @query("fd-promql-editor") private readonly editor!: PromqlEditor;
  private readonly markers = new MarkerController(this, () => this.run);
  private readonly catalogue = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.catalogue(signal),
  });
  private readonly graph = new QueryController(this, {
    key: () => (this.query === "" || this.tab !== "graph" ? undefined : [this.query, this.time.window()]),
    run: (signal) => rangeQuery(this.run.queries, { query: this.query, window: this.time.window() }, signal),
  });
  private readonly table = new QueryController(this, {
    key: () => (this.query === "" || this.tab !== "table" ? undefined : [this.query, this.time.window().toUs]),
    run: async (signal) => {
      const parameters = { query: this.query, time: this.time.window().toUs / 1_000_000 };
      return resultOf(await this.run.queries.prometheus("query", parameters, signal));
    },
  });
  private readonly exemplars = new QueryController(this, {
    key: () =>
      this.tab !== "graph" || exemplarSelector(this.query) === undefined ? undefined : [this.query, this.time.window()],
    run: (signal) => exemplarQuery(this.run.queries, this.query, this.time.window(), signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.time, events: ["window"] },
      { target: () => this.url, events: ["changed"] },
      { target: () => this.run.store, events: ["changed"] },
    );
  }

  private get query(): string {
    return this.url.get("query") ?? "";
  }

  private get tab(): "graph" | "table" {
    return this.url.get("tab") === "table" ? "table" : "graph";
  }

  private get unit(): string {
    return unitOfQuery(this.query);
  }

  override render(): TemplateResult {
    const browsing = this.url.get("browse") === "1" || this.query === "";
    return html`<div class="top">
        <fd-promql-editor
          .value=${this.query}
          .queries=${this.run.queries}
          .diagnostics=${this.activeError?.diagnostics ?? []}
          @run=${(event: CustomEvent<{ query: string }>) => {
            this.execute(event.detail.query);
          }}
        ></fd-promql-editor>
        <button
          class="primary"
          title="Run (Enter)"
          @click=${() => {
            this.execute(this.editor.text);
          }}
        >
          Run
        </button>
      </div>
      <div class="row bar">
        ${this.tabs()}
        <button
          aria-pressed=${browsing ? "true" : "false"}
          @click=${() => {
            this.url.set({ browse: browsing ? undefined : "1" });
          }}
        >
          ${icon("search", 14)}All metrics
        </button>
        ${this.pastQueries()}
        <span class="space"></span>
        <fd-pin-button .exhibit=${() => this.exhibit()}></fd-pin-button>
      </div>
      <div class="body ${browsing ? "browsing" : ""}">
        ${browsing ? this.browser() : nothing}
        <div class="answer">
          <fd-error-notice .error=${this.activeError}></fd-error-notice>
          ${
            this.query === ""
              ? html`<fd-empty-state heading="No query yet">
                  Write PromQL above and press Enter, or choose a metric from the list.
                </fd-empty-state>`
              : this.tab === "graph"
                ? this.chart()
                : this.rows()
          }
        </div>
      </div>`;
  }

  private get activeError(): QueryController<unknown>["error"] {
    return this.query === "" ? undefined : this.tab === "graph" ? this.graph.error : this.table.error;
  }

  private tabs(): TemplateResult {
    const tab = (id: "graph" | "table", title: string, name: string): TemplateResult =>
      html`<button
        role="tab"
        aria-selected=${this.tab === id ? "true" : "false"}
        @click=${() => {
          this.url.set({ tab: id === "graph" ? undefined : id });
        }}
      >
        ${icon(name, 14)}${title}
      </button>`;
    return html`<span role="tablist" aria-label="Answer as" class="row"
      >${tab("graph", "Graph", "chart")}${tab("table", "Table", "table")}</span
    >`;
  }

  private pastQueries(): TemplateResult | typeof nothing {
    const history = this.history ?? readHistory(localStorage, this.run.runId);
    if (history.length === 0) return nothing;
    return html`<select
      aria-label="Earlier queries"
      @change=${(event: Event) => {
        const select = event.target as HTMLSelectElement;
        if (select.value !== "") this.execute(select.value);
        select.value = "";
      }}
    >
      <option value="">Earlier queries</option>
      ${history.map((text) => html`<option value=${text}>${text}</option>`)}
    </select>`;
  }

  private chart(): TemplateResult {
    const answer = this.graph.value;
    return html`<fd-time-chart
        .series=${answer?.series ?? []}
        .markers=${this.markers.markers}
        .exemplars=${exemplarSelector(this.query) === undefined ? [] : (this.exemplars.value ?? [])}
        .height=${340}
        unit=${this.unit}
        caption=${this.query}
      ></fd-time-chart>
      ${
        answer === undefined
          ? nothing
          : html`<p class="small soft">
              ${answer.series.length} series, one point every ${answer.stepSeconds} s.
              ${
                (this.exemplars.value?.length ?? 0) > 0 && exemplarSelector(this.query) !== undefined
                  ? "Diamonds are single requests: click one to open its trace."
                  : nothing
              }
            </p>`
      }
      ${answer?.warnings.map((text) => html`<p class="warning">${icon("warning", 14)} ${text}</p>`)}`;
  }

  private rows(): TemplateResult | typeof nothing {
    const result = this.table.value;
    if (result === undefined) return nothing;
    const rows = tableOf(result);
    const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== "__name__");
    return html`<p class="small soft">
        ${rows.length} rows at ${formatClock(this.time.window().toUs)}
        UTC${rows.length > TABLE_ROWS_MAX ? html`; the first ${TABLE_ROWS_MAX} are shown, aggregate to see the rest` : nothing}.
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Answer">
        <table>
          <thead>
            <tr>
              ${rows.some(({ labels }) => labels["__name__"] !== undefined) ? html`<th>metric</th>` : nothing}
              ${names.map((name) => html`<th>${name}</th>`)}
              <th class="number">value</th>
            </tr>
          </thead>
          <tbody>
            ${rows.slice(0, TABLE_ROWS_MAX).map((row) => this.row(row, names))}
          </tbody>
        </table>
      </div>`;
  }

  private row({ labels, value }: TableRow, names: readonly string[]): TemplateResult {
    const service = labels["job"];
    return html`<tr>
      ${labels["__name__"] === undefined ? nothing : html`<td class="data">${labels["__name__"]}</td>`}
      ${names.map((field) => {
        const label = labels[field];
        return html`<td class="data">
          ${
            label === undefined
              ? nothing
              : html`<fd-pivot-menu
                  .subject=${{ field, value: label, service, atUs: this.time.window().toUs }}
                ></fd-pivot-menu>`
          }
        </td>`;
      })}
      <td class="number">${formatUnit(value, this.unit)}</td>
    </tr>`;
  }

  private browser(): TemplateResult {
    const metrics = searchMetrics(this.catalogue.value?.metrics ?? [], this.search);
    return html`<section class="browser" aria-label="All metrics">
      <input
        type="search"
        aria-label="Search metrics"
        placeholder="Search names and help"
        .value=${this.search}
        @input=${(event: Event) => {
          this.search = (event.target as HTMLInputElement).value;
        }}
      />
      <ul>
        ${metrics.map((metric) => this.metric(metric))}
      </ul>
    </section>`;
  }

  private metric(metric: MetricEntry): TemplateResult {
    return html`<li>
      <button
        class="link data"
        title="Show ${firstQuery(metric)}"
        @click=${() => {
          this.execute(firstQuery(metric));
        }}
      >
        ${metric.name}
      </button>
      <span class="small soft">${metric.type}${metric.unit === "" ? nothing : html` · ${metric.unit}`}</span>
      <span class="small soft help">${metric.help}</span>
    </li>`;
  }

  private execute(text: string): void {
    const trimmed = text.trim();
    if (trimmed === "") return;
    this.history = withQuery(this.history ?? readHistory(localStorage, this.run.runId), trimmed);
    writeHistory(localStorage, this.run.runId, this.history);
    if (trimmed === this.query) (this.tab === "graph" ? this.graph : this.table).refresh();
    else this.url.set({ query: trimmed, browse: this.url.get("browse") });
  }

  private exhibit(): ExhibitParts | undefined {
    if (this.query === "") return undefined;
    if (this.tab === "graph") {
      return { title: this.query, frozen: frozenSeries(this.graph.value?.series ?? [], this.unit) };
    }
    const rows = this.table.value === undefined ? [] : tableOf(this.table.value).slice(0, 50);
    const facts = rows.map(({ labels, value }) => ({
      name: Object.entries(labels)
        .map(([name, label]) => `${name}=${label}`)
        .join(", "),
      value: formatUnit(value, this.unit),
    }));
    return { title: this.query, frozen: { kind: "facts", facts } };
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding: var(--space-3) var(--space-4);
      }
      .top {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2);
        align-items: start;
      }
      .top button {
        min-height: 32px;
      }
      .bar {
        margin-block: var(--space-2);
      }
      .bar select {
        max-width: 240px;
      }
      .space {
        flex: 1;
      }
      .body.browsing {
        display: grid;
        grid-template-columns: minmax(260px, 340px) minmax(0, 1fr);
        gap: var(--space-4);
      }
      .answer {
        min-width: 0;
      }
      .answer p {
        margin-block: var(--space-1);
      }
      .browser {
        border-inline-end: 1px solid var(--line);
        padding-inline-end: var(--space-3);
      }
      .browser input {
        width: 100%;
      }
      ul {
        list-style: none;
        margin: var(--space-2) 0 0;
        padding: 0;
        max-height: 62vh;
        overflow: auto;
      }
      li {
        display: grid;
        padding-block: var(--space-1);
        border-block-end: 1px solid var(--line);
      }
      li button.link {
        justify-content: flex-start;
        overflow-wrap: anywhere;
      }
      .scroll {
        max-height: 62vh;
      }
      @media (max-width: 900px) {
        .body.browsing {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];
}

interface TableRow {
  readonly labels: Labels;
  readonly value: number;
}

/** Rows of an instant answer, highest value first. */
function tableOf(result: PrometheusResult): readonly TableRow[] {
  const rows = rowsOf(result);
  return [...rows].sort((one, other) => (Number.isNaN(other.value) ? -1 : other.value - one.value));
}

function rowsOf(result: PrometheusResult): readonly TableRow[] {
  switch (result.resultType) {
    case "vector":
      return result.result.map(({ metric, value }) => ({ labels: metric, value: valueOf(value[1]) }));
    case "matrix":
      return result.result.flatMap(({ metric, values }) => {
        const last = values.at(-1);
        return last === undefined ? [] : [{ labels: metric, value: valueOf(last[1]) }];
      });
    case "scalar":
      return [{ labels: {}, value: valueOf(result.result[1]) }];
    case "string":
      return [];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-metrics": MetricsView;
  }
}
