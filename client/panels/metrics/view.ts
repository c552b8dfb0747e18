/**
 * Metrics: queries with letters, their answer as graph, stack, table or heatmap, what each part of a query cost, and every
 * metric in small to begin from. The URL holds the queries (query-set.ts), the form of the answer (`tab`), whether the grid
 * is open (`browse`), and which query is explained (`explain`).
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { MetricSummary } from "../../../server/wire/metrics.js";
import { formatUnit } from "../../charts/format.js";
import { frozenSeries } from "../../charts/frozen-series.js";
import { heatmapTable } from "../../charts/chart-export.js";
import { unitOfQuery } from "../../charts/query-unit.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { exemplarQuery } from "../../net/range-query.js";
import { pageStorage } from "../../state/browser-storage.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { answerRows } from "./answer-table.js";
import "./graph-answer.js";
import "./heatmap-answer.js";
import "./metric-grid.js";
import { askBounds, quantileSelector } from "./bucket-bounds.js";
import { declaredUnit, exemplarSelector, firstQuery, histogramUnit } from "./metric-list.js";
import { askGraph, askTable } from "./query-answers.js";
import type { GraphAnswers, TableAnswers } from "./query-answers.js";
import { readHistory, withQuery, writeHistory } from "./query-history.js";
import "./query-row.js";
import { linesTable, metricsRequests, rowsTable } from "./metrics-export.js";
import {
  QUERY_LETTERS,
  drawnQueries,
  readQueries,
  withRow,
  withRowChanged,
  withoutRow,
  writeQueries,
} from "./query-set.js";
import type { QueryRow } from "./query-set.js";

const TABS = [
  { id: "graph", title: "Graph", icon: "chart" },
  { id: "stacked", title: "Stacked", icon: "lines" },
  { id: "table", title: "Table", icon: "table" },
  { id: "heatmap", title: "Heatmap", icon: "grid" },
] as const;

type Tab = (typeof TABS)[number]["id"];

const FROZEN_ROWS_MAX = 50;

@customElement("fd-view-metrics")
export class MetricsView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @state() private history: readonly string[] | undefined;
  private readonly markers = new MarkerController(this, () => this.run);
  private readonly catalogue = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.catalogue(signal),
  });
  private readonly graph = new QueryController<GraphAnswers>(this, {
    key: () => (this.drawsLines ? [this.drawn, this.withBefore, this.time.window()] : undefined),
    run: (signal) => {
      const { historyFromUs: dataFromUs } = this.run.store.snapshot;
      const before = { withBefore: this.withBefore, dataFromUs };
      return askGraph(this.run.queries, this.drawn, this.time.window(), before, signal);
    },
  });
  private readonly table = new QueryController<TableAnswers>(this, {
    key: () => (this.drawn.length > 0 && this.tab === "table" ? [this.drawn, this.time.window().toUs] : undefined),
    run: (signal) => askTable(this.run.queries, this.drawn, this.time.window().toUs, signal),
  });
  private readonly exemplars = new QueryController(this, {
    key: () => (this.tab === "graph" && this.selectors.length > 0 ? [this.selectors, this.time.window()] : undefined),
    run: async (signal) => {
      const asked = this.selectors.map((query) => exemplarQuery(this.run.queries, query, this.time.window(), signal));
      return (await Promise.all(asked)).flat();
    },
  });
  private readonly bounds = new QueryController(this, {
    key: () => (this.drawsLines && this.quantile !== undefined ? [this.quantile, this.time.window().toUs] : undefined),
    run: (signal) => askBounds(this.run.queries, this.quantile ?? "", this.time.window().toUs, signal),
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

  private get rows(): readonly QueryRow[] {
    return readQueries(this.url);
  }

  private get drawn(): readonly QueryRow[] {
    return drawnQueries(this.rows);
  }

  private get tab(): Tab {
    return TABS.find(({ id }) => id === this.url.get("tab"))?.id ?? "graph";
  }

  private get drawsLines(): boolean {
    return this.drawn.length > 0 && (this.tab === "graph" || this.tab === "stacked");
  }

  private get withBefore(): boolean {
    return this.url.get("before") === "1" || this.url.get("usual") === "1";
  }

  /** Queries whose requests can be shown one by one. */
  private get selectors(): readonly string[] {
    return this.drawn.map(({ text }) => text).filter((text) => exemplarSelector(text) !== undefined);
  }

  /** The buckets behind the only query that is drawn, where it asks for a quantile of them. */
  private get quantile(): string | undefined {
    return this.drawn.length === 1 ? quantileSelector(this.drawn[0]?.text ?? "") : undefined;
  }

  /** Of the first query that is drawn: the axis has one. */
  private get unit(): string {
    const text = this.drawn[0]?.text ?? "";
    return declaredUnit(text, this.catalogue.value?.metrics ?? []) ?? unitOfQuery(text);
  }

  override render(): TemplateResult {
    const { rows } = this;
    const asked = rows.some(({ text }) => text !== "");
    const browsing = this.url.get("browse") === "1" || !asked;
    return html`<div class="queries">
        ${repeat(
          rows,
          ({ letter }) => letter,
          (row) => this.row(row, rows.length === 1),
        )}
      </div>
      ${this.bar(rows, browsing, asked)}
      ${
        browsing
          ? html`<fd-metric-grid
              class=${asked ? "above" : ""}
              @metric-chosen=${(event: CustomEvent<{ metric: MetricSummary }>) => {
                this.choose(event.detail.metric);
              }}
            ></fd-metric-grid>`
          : this.answer()
      }`;
  }

  private row(row: QueryRow, alone: boolean): TemplateResult {
    const { letter } = row;
    return html`<fd-query-row
      .row=${row}
      .error=${this.errorOf(row)}
      .metrics=${this.catalogue.value?.metrics ?? []}
      ?explained=${this.url.get("explain") === letter}
      ?alone=${alone}
      @row-run=${(event: CustomEvent<{ text: string }>) => {
        this.execute(row, event.detail.text);
      }}
      @row-shown=${(event: CustomEvent<{ shown: boolean }>) => {
        this.write(withRowChanged(this.rows, letter, { shown: event.detail.shown }));
      }}
      @row-removed=${() => {
        this.write(withoutRow(this.rows, letter));
      }}
      @row-explained=${(event: CustomEvent<{ open: boolean }>) => {
        this.url.set({ explain: event.detail.open ? letter : undefined });
      }}
    ></fd-query-row>`;
  }

  private errorOf({ letter, text }: QueryRow): ApiError | undefined {
    if (text === "") return undefined;
    const query = this.tab === "table" ? this.table : this.graph;
    const answers: readonly { readonly letter: string; readonly error: ApiError | undefined }[] = query.value ?? [];
    return query.error ?? answers.find((answer) => answer.letter === letter)?.error;
  }

  private bar(rows: readonly QueryRow[], browsing: boolean, asked: boolean): TemplateResult {
    return html`<div class="row bar">
      <button class="primary" title="Run (Enter)" @click=${this.runAll}>Run</button>
      <button
        ?disabled=${rows.length === QUERY_LETTERS.length}
        title="One more query beside the others"
        @click=${() => {
          this.write(withRow(this.rows), { browse: undefined });
        }}
      >
        ${icon("include", 14)}Query
      </button>
      ${
        asked
          ? html`<span role="tablist" aria-label="Answer as" class="row tabs"
              >${TABS.map(
                ({ id, title, icon: name }) =>
                  html`<button
                    role="tab"
                    aria-selected=${this.tab === id && !browsing ? "true" : "false"}
                    @click=${() => {
                      this.url.set({ tab: id === "graph" ? undefined : id, browse: undefined });
                    }}
                  >
                    ${icon(name, 14)}${title}
                  </button>`,
              )}</span
            >`
          : nothing
      }
      <button
        aria-pressed=${browsing ? "true" : "false"}
        ?disabled=${!asked}
        @click=${() => {
          this.url.set({ browse: browsing ? undefined : "1" });
        }}
      >
        ${icon("search", 14)}All metrics
      </button>
      ${this.pastQueries()}
      <span class="space"></span>
      ${asked && !browsing ? html`<fd-export-menu .source=${() => this.exported()}></fd-export-menu>` : nothing}
      <fd-pin-button .exhibit=${() => this.exhibit()}></fd-pin-button>
    </div>`;
  }

  private pastQueries(): TemplateResult | typeof nothing {
    const history = this.history ?? readHistory(pageStorage, this.run.runId);
    if (history.length === 0) return nothing;
    return html`<select
      aria-label="Earlier queries"
      @change=${(event: Event) => {
        const select = event.target as HTMLSelectElement;
        const [first] = this.rows;
        if (select.value !== "" && first !== undefined) this.execute(first, select.value);
        select.value = "";
      }}
    >
      <option value="">Earlier queries</option>
      ${history.map((text) => html`<option value=${text}>${text}</option>`)}
    </select>`;
  }

  private answer(): TemplateResult | typeof nothing {
    const caption = this.drawn.map(({ text }) => text).join("; ");
    if (this.drawn.length === 0) {
      return html`<fd-empty-state heading="Every query is left out"
        >Click a letter above to bring its query back, or
        <button
          class="link"
          @click=${() => {
            this.write(this.rows.map((row) => ({ ...row, shown: true })));
          }}
        >
          show them all</button
        >.</fd-empty-state
      >`;
    }
    if (this.tab === "heatmap") {
      const query = this.shownHistogram;
      return html`<fd-heatmap-answer
        query=${query}
        unit=${histogramUnit(query, this.catalogue.value?.metrics ?? [])}
      ></fd-heatmap-answer>`;
    }
    if (this.tab === "table") {
      return html`<fd-answer-table
        .answers=${this.table.value ?? []}
        .atUs=${this.time.window().toUs}
        unit=${this.unit}
      ></fd-answer-table>`;
    }
    return html`<fd-graph-answer
      .answers=${this.graph.value ?? []}
      .exemplars=${this.selectors.length === 0 || this.tab !== "graph" ? [] : (this.exemplars.value ?? [])}
      .markers=${this.markers.markers}
      .bounds=${this.quantile === undefined ? [] : (this.bounds.value ?? [])}
      unit=${this.unit}
      caption=${caption}
    ></fd-graph-answer>`;
  }

  /** The query whose buckets the heatmap shows. */
  private get shownHistogram(): string {
    return this.selectors[0] ?? this.drawn[0]?.text ?? "";
  }

  private exported(): ExportSource {
    const { tab, drawn } = this;
    const title = drawn.map(({ text }) => text).join("; ");
    const shown = this.renderRoot.querySelector<HTMLElement>("fd-heatmap-answer, fd-graph-answer");
    const heatmap = this.renderRoot.querySelector("fd-heatmap-answer")?.shown;
    const table =
      tab === "table"
        ? rowsTable(this.table.value ?? [], this.unit)
        : tab === "heatmap"
          ? heatmap && heatmapTable(heatmap)
          : linesTable(this.graph.value ?? [], this.unit);
    return {
      title,
      caption: title,
      requests: metricsRequests(tab, drawn, this.shownHistogram, this.time.window()),
      ...(table === undefined ? {} : { table }),
      ...(shown === null ? {} : { chart: shown }),
    };
  }

  private choose(metric: MetricSummary): void {
    const [first] = this.rows;
    if (first !== undefined) this.execute(first, firstQuery(metric, this.url.get("job")));
  }

  /** What stands in the editors, run or not. */
  private readonly runAll = (): void => {
    const texts = [...this.renderRoot.querySelectorAll("fd-query-row")].map(({ row, text }) => ({ row, text }));
    const rows = texts.map(({ row, text }) => ({ ...row, text: text.trim() }));
    const changed = texts.some(({ row, text }) => row.text !== text.trim());
    for (const { text } of rows) this.remember(text);
    if (changed) this.write(rows, { browse: undefined });
    else this.refresh();
  };

  private execute(row: QueryRow, text: string): void {
    const trimmed = text.trim();
    this.remember(trimmed);
    if (trimmed === row.text) this.refresh();
    // Another query has other series: the choice among the old ones goes.
    else this.write(withRowChanged(this.rows, row.letter, { text: trimmed }), { series: undefined, browse: undefined });
  }

  private refresh(): void {
    (this.tab === "table" ? this.table : this.graph).refresh();
  }

  private remember(text: string): void {
    if (text === "") return;
    this.history = withQuery(this.history ?? readHistory(pageStorage, this.run.runId), text);
    writeHistory(pageStorage, this.run.runId, this.history);
  }

  private write(rows: readonly QueryRow[], values: Readonly<Record<string, string | undefined>> = {}): void {
    this.url.set({ ...writeQueries(rows), threshold: undefined, "threshold-title": undefined, ...values });
  }

  private exhibit(): ExhibitParts | undefined {
    const title = this.drawn.map(({ text }) => text).join("; ");
    if (title === "") return undefined;
    if (this.tab !== "table") {
      const series = (this.graph.value ?? []).flatMap(({ value }) => value?.series ?? []);
      return { title, frozen: frozenSeries(series, this.unit) };
    }
    const facts = answerRows(this.table.value ?? [])
      .slice(0, FROZEN_ROWS_MAX)
      .map(({ labels, value }) => ({
        name: Object.entries(labels)
          .map(([name, label]) => `${name}=${label}`)
          .join(", "),
        value: formatUnit(value, this.unit),
      }));
    return { title, frozen: { kind: "facts", facts } };
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding: var(--space-3) var(--space-4);
      }
      .queries {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-1);
      }
      .bar {
        margin-block: var(--space-2);
      }
      .bar select {
        max-width: 240px;
      }
      .tabs {
        gap: 0;
      }
      .space {
        flex: 1;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-metrics": MetricsView;
  }
}
