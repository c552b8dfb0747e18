/**
 * Every metric in small, to browse without a query: search, filter by service and type, most changed first. The URL holds
 * `search`, `job`, `type` and `sort`. Dispatches `metric-chosen` {metric} of its cards.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { MetricOverview, MetricSummary } from "../../../server/wire/metrics.js";
import { formatClock, formatCount } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { rovingTarget } from "../../elements/roving-keys.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { MetricCard } from "./metric-card.js";
import { chosenMetrics, keptOrder, sortOf } from "./metric-list.js";
import type { MetricSort } from "./metric-list.js";

const TYPES = ["counter", "gauge", "histogram", "recorded"] as const;

const SORTS: Readonly<Record<MetricSort, string>> = {
  changed: "Changed most",
  name: "Name",
  series: "Most series",
};

@customElement("fd-metric-grid")
export class MetricGrid extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly overview = new QueryController(this, {
    key: () => [this.run.runId, this.url.get("job"), this.time.window()],
    run: async (signal) => {
      const { fromUs, toUs } = this.time.window();
      const job = this.url.get("job");
      const parameters = { start: fromUs / 1e6, end: toUs / 1e6, ...(job === undefined ? {} : { job }) };
      const answer = await this.run.queries.prometheus("metric_overview", parameters, signal);
      return answer.data as MetricOverview;
    },
  });
  private readonly jobs = new QueryController(this, {
    key: () => this.run.runId,
    run: async (signal) =>
      (await this.run.queries.prometheus("label/job/values", {}, signal)).data as readonly string[],
  });

  /** In which order the metrics stand, and of which question. */
  private kept: { readonly key: string; readonly names: readonly string[] } | undefined;
  /** The card that has the focus, or had it last. */
  @state() private stop: string | undefined;

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.time, events: ["window"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const { overview, url } = this;
    const answer = overview.value;
    const sort = sortOf(url.get("sort"));
    const fresh = chosenMetrics(answer?.metrics ?? [], {
      text: url.get("search") ?? "",
      type: url.get("type"),
      sort,
    });
    const chosen = this.inKeptOrder(fresh);
    const stop = chosen.some(({ name }) => name === this.stop) ? this.stop : undefined;
    return html`<div class="row bar">
        <input
          type="search"
          aria-label="Search metrics"
          placeholder="Search names and help"
          .value=${url.get("search") ?? ""}
          @input=${(event: Event) => {
            const { value } = event.target as HTMLInputElement;
            url.set({ search: value === "" ? undefined : value }, { replace: true });
          }}
        />
        ${this.select("job", "Service", this.jobs.value ?? [], "All services")}
        ${this.select("type", "Type", TYPES, "All types")}
        <label class="row small soft"
          >Order
          <select
            @change=${(event: Event) => {
              const { value } = event.target as HTMLSelectElement;
              url.set({ sort: value === "changed" ? undefined : value });
            }}
          >
            ${(Object.keys(SORTS) as MetricSort[]).map(
              (name) => html`<option value=${name} ?selected=${name === sort}>${SORTS[name]}</option>`,
            )}
          </select></label
        >
        ${answer === undefined ? nothing : this.told(answer, chosen.length, sort)}
        ${
          chosen.some((metric, index) => metric !== fresh[index])
            ? html`<button
                class="link small"
                @click=${() => {
                  this.kept = undefined;
                  this.requestUpdate();
                }}
              >
                Order anew
              </button>`
            : nothing
        }
      </div>
      <fd-error-notice .error=${overview.error}></fd-error-notice>
      ${
        answer !== undefined && chosen.length === 0
          ? html`<fd-empty-state heading="No metric fits"
              ><button
                @click=${() => {
                  this.url.set({ search: undefined, job: undefined, type: undefined });
                }}
              >
                Show every metric
              </button></fd-empty-state
            >`
          : nothing
      }
      <div
        class="cards"
        role="group"
        aria-label="Metrics. Arrow keys go from one to the next, Enter opens its chart."
        @keydown=${this.keyed}
        @focusin=${this.entered}
      >
        ${repeat(
          chosen,
          ({ name }) => name,
          (metric) =>
            html`<fd-metric-card
              .metric=${metric}
              .tabStop=${metric.name === (stop ?? chosen[0]?.name)}
            ></fd-metric-card>`,
        )}
      </div>`;
  }

  /** Cards stay where they are while the clock goes on: who points at one would meet another. What is asked anew is put in order anew. */
  private inKeptOrder(fresh: readonly MetricSummary[]): readonly MetricSummary[] {
    const { url } = this;
    const key = ["from", "to", "job", "search", "type", "sort"].map((name) => url.get(name) ?? "").join("\n");
    if (this.kept?.key === key && fresh.length > 0) return keptOrder(fresh, this.kept.names);
    // An answer to the question before says nothing of the order of this one.
    const settled = fresh.length > 0 && !this.overview.pending;
    this.kept = settled ? { key, names: fresh.map(({ name }) => name) } : undefined;
    return fresh;
  }

  private readonly entered = (event: FocusEvent): void => {
    const { target } = event;
    if (target instanceof MetricCard) this.stop = target.metric.name;
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const box = event.currentTarget as HTMLElement;
    const cards = [...box.querySelectorAll("fd-metric-card")];
    const columns = getComputedStyle(box).gridTemplateColumns.split(" ").length;
    const at = cards.findIndex(({ metric }) => metric.name === this.stop);
    const target = rovingTarget(event.key, Math.max(0, at), { count: cards.length, columns });
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    cards[target]?.focus();
  };

  private select(name: "job" | "type", title: string, values: readonly string[], all: string): TemplateResult {
    const chosen = this.url.get(name);
    return html`<select
      aria-label=${title}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        this.url.set({ [name]: value === "" ? undefined : value });
      }}
    >
      <option value="" ?selected=${chosen === undefined}>${all}</option>
      ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${value}</option>`)}
    </select>`;
  }

  /** What the order means, and what was not looked at. */
  private told(answer: MetricOverview, shown: number, sort: MetricSort): TemplateResult {
    const { metrics, baselineFromUs, fromUs, unread, samplesRead } = answer;
    const compared = sort === "changed" && metrics.some(({ change }) => change !== undefined);
    return html`<span class="small soft"
      >${shown} of ${metrics.length}
      metrics${compared ? html`, compared with ${formatClock(baselineFromUs)} to ${formatClock(fromUs)}` : nothing} ·
      ${formatCount(samplesRead)} samples
      read${unread > 0 ? html` · <span class="warning">${unread} metrics left unread</span>` : nothing}</span
    >`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .bar {
        margin-block-end: var(--space-2);
      }
      .bar input {
        width: min(280px, 100%);
      }
      .bar select {
        max-width: 180px;
      }
      .cards {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr));
        gap: var(--space-2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-metric-grid": MetricGrid;
  }
}
