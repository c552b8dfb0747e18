/**
 * Compare: two sets of traces, spans, lines or samples and what tells them apart. The shapes at the top set up the usual
 * questions; each set can then be changed by itself. Everything stands in the URL (compare-url.ts).
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { CompareAnswer, CompareRequest, CompareSet } from "../../../server/wire/compare.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState, UrlValues } from "../../state/url-state.js";
import { parseDurationUs } from "../../state/time-range.js";
import { narrow } from "./attribute-query.js";
import type { NarrowDetail } from "./attribute-card.js";
import "./compare.js";
import type { Compare } from "./compare.js";
import {
  beforeAfterCompare,
  isBeforeAfter,
  compareRequestOf,
  logFilterOf,
  slowCompare,
  versionsCompare,
} from "../../state/compare-url.js";
import { comparisonTable, countText, degreeOf, effectSentence } from "./effect-words.js";
import { lokiRange, tempoSearch } from "../../state/export-text.js";
import type { WireRequest } from "../../state/export-text.js";

/** All parameters of a comparison, to be taken away when another shape is chosen. */
const SHAPE_PARAMETERS = ["sf", "st", "bf", "bt", "smin", "smax", "bmin", "bmax", "slow", "bq", "blf"] as const;
const FACTS_PINNED = 12;
const TRACES_ASKED = 1_000;
const LINES_ASKED = 5_000;

@customElement("fd-view-compare")
export class CompareView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  @query("fd-compare") private readonly panel!: Compare | null;
  @state() private answer: CompareAnswer | undefined;

  private readonly changes = new QueryController<readonly ChangeRecord[]>(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.changes(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  override render(): TemplateResult {
    const request = compareRequestOf(this.read, this.time.window(), 1);
    return html`<div class="view">
      <h1>Compare</h1>
      ${this.shapes(request)} ${request === undefined ? nothing : this.sets(request)}
      ${request === undefined ? this.askForMetric() : isUndivided(request) ? this.askForShape(request) : this.comparison(request)}
    </div>`;
  }

  private askForMetric(): TemplateResult {
    return html`<fd-empty-state heading="Which metric?"
      >Write a PromQL query above, or draw a box with Shift on a chart of the
      <a href=${this.url.href("metrics")}>metrics view</a>.</fd-empty-state
    >`;
  }

  /** Nobody has said yet what the two sides are: both would be everything. */
  private askForShape(request: CompareRequest): TemplateResult {
    return html`<fd-empty-state heading="What against what?">
      <p>Both sides are the same ${request.signal} so far. Begin with one of these, or draw a box on a chart.</p>
      <p class="row choices">${this.slowButton(request)} ${this.pageButton(request)}</p>
    </fd-empty-state>`;
  }

  private comparison(request: CompareRequest): TemplateResult {
    return html`<div class="row tools">
        <fd-export-menu .source=${() => this.exported(request)}></fd-export-menu>
        <fd-pin-button label="Pin comparison" .exhibit=${() => this.exhibit(request)}></fd-pin-button>
      </div>
      <fd-compare
        .request=${request}
        @compared=${(event: CustomEvent<CompareAnswer>) => (this.answer = event.detail)}
        @compare-narrow=${(event: CustomEvent<NarrowDetail>) => {
          this.narrow(request, event.detail);
        }}
      ></fd-compare>`;
  }

  private slowButton(request: CompareRequest | undefined): TemplateResult | typeof nothing {
    const signal = this.read("signal") ?? "traces";
    if (signal !== "traces" && signal !== "spans") return nothing;
    return html`<button
      aria-pressed=${this.read("slow") === undefined ? "false" : "true"}
      @click=${() => {
        this.reshape(slowCompare(this.subject(request)));
      }}
    >
      Slowest 5 % and the rest
    </button>`;
  }

  private pageButton(request: CompareRequest | undefined): TemplateResult {
    const atUs = this.splitUs();
    const isPage = atUs === this.run.store.snapshot.page?.firingSinceUs;
    return html`<button
      aria-pressed=${isBeforeAfter(this.read, isPage ? atUs : undefined) ? "true" : "false"}
      @click=${() => {
        this.reshape(beforeAfterCompare(this.subject(request), atUs, this.time.window()));
      }}
    >
      ${isPage ? "Before and after the page" : "First and second half"}
    </button>`;
  }

  private shapes(request: CompareRequest | undefined): TemplateResult {
    const signal = this.read("signal") ?? "traces";
    const deploys = (this.changes.value ?? []).filter(
      ({ versionFrom, versionTo }) => versionFrom !== undefined && versionTo !== undefined,
    );
    return html`<div class="row" role="group" aria-label="Shape of the comparison">
      <label
        ><span>What</span
        ><select
          name="signal"
          @change=${(event: Event) => {
            this.reshape({ signal: (event.target as HTMLSelectElement).value, q: undefined, lf: undefined });
          }}
        >
          ${["traces", "spans", "logs", "metrics"].map((name) => html`<option value=${name} ?selected=${name === signal}>${name}</option>`)}
        </select></label
      >
      ${this.slowButton(request)} ${this.pageButton(request)}
      ${
        deploys.length === 0
          ? nothing
          : html`<label
              ><span>Two versions</span
              ><select
                name="versions"
                @change=${(event: Event) => {
                  this.compareVersions(deploys.find(({ id }) => id === (event.target as HTMLSelectElement).value));
                }}
              >
                <option value="">of a deploy …</option>
                ${deploys.map(
                  ({ id, target, versionFrom = "", versionTo = "" }) =>
                    html`<option value=${id} ?selected=${this.read("change") === id}>
                      ${target} ${versionFrom} → ${versionTo}
                    </option>`,
                )}
              </select></label
            >`
      }
      <span class="soft small">or draw a box on a chart, heatmap or histogram</span>
    </div>`;
  }

  private subject(request: CompareRequest | undefined): Parameters<typeof slowCompare>[0] {
    const logs = request?.selection.logs;
    return {
      signal: request?.signal ?? "traces",
      query: this.read("q") ?? "",
      ...(logs === undefined ? {} : { logs }),
    };
  }

  /** When the alert fired, where that is in the window; else its middle. */
  private splitUs(): number {
    const { fromUs, toUs } = this.time.window();
    const { page } = this.run.store.snapshot;
    const pagedUs = page?.firingSinceUs;
    const isInside = pagedUs !== undefined && pagedUs > fromUs && pagedUs < toUs;
    return isInside ? pagedUs : (fromUs + toUs) / 2;
  }

  private reshape(values: UrlValues): void {
    const none = Object.fromEntries([...SHAPE_PARAMETERS, "change"].map((name) => [name, undefined]));
    this.url.set({ ...none, ...values });
  }

  private compareVersions(change: ChangeRecord | undefined): void {
    if (change?.versionFrom === undefined || change.versionTo === undefined) return;
    this.reshape({ ...versionsCompare(change.target, change.versionFrom, change.versionTo), change: change.id });
  }

  private sets({ signal, selection, baseline }: CompareRequest): TemplateResult {
    return html`<div class="sets">
      ${this.set("Selection", signal, selection, { query: "q", from: "sf", to: "st", least: "smin", most: "smax" })}
      ${this.set("Baseline", signal, baseline, { query: "bq", from: "bf", to: "bt", least: "bmin", most: "bmax" })}
    </div>`;
  }

  private set(
    title: string,
    signal: CompareRequest["signal"],
    set: CompareSet,
    names: Readonly<Record<"query" | "from" | "to" | "least" | "most", string>>,
  ): TemplateResult {
    const { fromUs, toUs } = set.window;
    const isSized = signal !== "logs";
    const language = { traces: "TraceQL", spans: "TraceQL", logs: "LogQL", metrics: "PromQL" }[signal];
    const isOwn = this.read(names.from) !== undefined || this.read(names.to) !== undefined;
    return html`<fieldset>
      <legend>${title}</legend>
      <label class="wide"
        ><span>${language}${title === "Baseline" && this.read("bq") === undefined ? ", as the selection" : ""}</span
        ><input
          class="data"
          ?data-query=${title === "Selection"}
          .value=${set.query}
          placeholder=${set.logs === undefined ? "everything" : "the filter of the log view"}
          @change=${(event: Event) => {
            this.write(names.query, (event.target as HTMLInputElement).value);
          }}
      /></label>
      <span class="small data">${formatClock(fromUs)} – ${formatClock(toUs)}</span>
      ${
        isOwn
          ? html`<button
              class="link small"
              @click=${() => {
                this.url.set({ [names.from]: undefined, [names.to]: undefined });
              }}
            >
              whole window
            </button>`
          : nothing
      }
      ${
        isSized
          ? html`${this.bound(signal, "from", names.least, set.minimum)}
            ${this.bound(signal, "to", names.most, set.maximum)}`
          : nothing
      }
      ${set.logs === undefined ? nothing : html`<span class="small soft">${filterText(set)}</span>`}
    </fieldset>`;
  }

  private bound(
    signal: CompareRequest["signal"],
    word: string,
    name: string,
    value: number | undefined,
  ): TemplateResult {
    const isDuration = signal !== "metrics";
    const shown = value === undefined ? "" : isDuration ? `${String(value / 1_000)}ms` : String(value);
    return html`<label class="bound"
      ><span>${isDuration ? "duration" : "value"} ${word}</span
      ><input
        class="data"
        aria-label="${isDuration ? "Duration" : "Value"} ${word}"
        placeholder="any"
        .value=${shown}
        @change=${(event: Event) => {
          const text = (event.target as HTMLInputElement).value.trim();
          const number = isDuration ? parseDurationUs(text) : Number(text);
          this.write(name, text === "" || number === undefined || Number.isNaN(number) ? "" : String(number));
        }}
    /></label>`;
  }

  private write(name: string, text: string): void {
    this.url.set({ [name]: text.trim() === "" ? undefined : text.trim() });
  }

  /** Both sets, so that what is compared stays alike but for the question. */
  private narrow(request: CompareRequest, detail: NarrowDetail): void {
    const selection = narrow(request.signal, request.selection, detail);
    const baseline = narrow(request.signal, request.baseline, detail);
    if (selection === undefined || baseline === undefined) return;
    const text = (logs: CompareSet["logs"]): string | undefined =>
      logs === undefined ? undefined : JSON.stringify(logs);
    this.url.set({
      q: selection.query === "" ? undefined : selection.query,
      bq: baseline.query === selection.query ? undefined : baseline.query,
      lf: text(selection.logs),
      blf: text(baseline.logs) === text(selection.logs) ? undefined : text(baseline.logs),
    });
  }

  private exhibit({ signal }: CompareRequest): ExhibitParts | undefined {
    const answer = this.panel?.answer ?? this.answer;
    if (answer === undefined) return undefined;
    const { attributes, selection, baseline, things } = answer;
    return {
      title: `Compared ${signal}: ${attributes[0]?.title ?? "nothing differs"}`,
      frozen: {
        kind: "facts",
        facts: [
          { name: "selection", value: countText(selection, things) },
          { name: "baseline", value: countText(baseline, things) },
          ...attributes
            .filter(({ difference, byDefinition }) => difference > 0 && !byDefinition)
            .slice(0, FACTS_PINNED)
            .map((attribute) => ({
              name: attribute.title,
              value: `${degreeOf(attribute.difference)}: ${effectSentence(attribute, answer)}`.slice(0, 400),
            })),
        ],
      },
    };
  }

  private exported(request: CompareRequest): ExportSource | undefined {
    const answer = this.panel?.answer ?? this.answer;
    if (answer === undefined) return undefined;
    return {
      title: `Compared ${request.signal}`,
      table: comparisonTable(answer),
      json: answer,
      requests: [
        ...(this.panel?.shownRequest === undefined ? [] : [{ own: "compare", json: this.panel.shownRequest }]),
        ...[request.selection, request.baseline].flatMap((set) => wireRequests(request.signal, set)),
      ],
    };
  }

  static override styles = [
    sharedStyles,
    css`
      .view {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-4);
        min-width: 0;
      }
      .choices {
        justify-content: center;
        margin-block-start: var(--space-3);
      }
      .sets {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr));
        gap: var(--space-3);
      }
      fieldset {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--space-1) var(--space-3);
        border-block-start: 2px solid var(--line-strong);
        padding-block-start: var(--space-1);
      }
      fieldset:first-child {
        border-color: var(--accent);
      }
      legend {
        float: left;
        width: 100%;
        padding: 0;
        font-weight: 600;
      }
      label {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      label > span {
        font-size: var(--text-s);
        color: var(--ink-soft);
      }
      .row label {
        flex-direction: row;
        align-items: center;
        gap: 6px;
      }
      .wide {
        flex: 1 1 100%;
      }
      .bound input {
        width: 11ch;
      }
      .tools {
        justify-content: flex-end;
      }
    `,
  ];
}

/** A set as a tool gives it; none where a band or a quantile cuts it out, which no tool knows of. */
function wireRequests(signal: CompareRequest["signal"], set: CompareSet): readonly WireRequest[] {
  const { query: text, window, minimum, maximum, fromQuantile } = set;
  if ([minimum, maximum, fromQuantile].some((bound) => bound !== undefined)) return [];
  if (signal === "traces" || signal === "spans") return [tempoSearch(text, window, TRACES_ASKED)];
  return signal === "logs" && text !== "" ? [lokiRange(text, window, LINES_ASKED)] : [];
}

/** What the log view's filter lets through, in its own words. */
function filterText({ logs }: CompareSet): string {
  const {
    levels = [],
    services = [],
    text = "",
    traceId = "",
    fields = [],
  } = logFilterOf({ fromUs: 0, toUs: 0, ...logs });
  const parts = [
    ...(levels.length > 0 ? [`level ${levels.join(" or ")}`] : []),
    ...(services.length > 0 ? [`of ${services.join(" or ")}`] : []),
    ...(text === "" ? [] : [`with “${text}”`]),
    ...(traceId === "" ? [] : [`trace ${traceId.slice(0, 8)}`]),
    ...fields.map(({ name, operator, value }) => `${name}${operator}${value}`),
  ];
  return parts.length === 0 ? "all lines" : parts.join(", ");
}

/** Whether the selection is all of the baseline, so that nothing would be left of it. */
const isUndivided = ({ selection, baseline }: CompareRequest): boolean =>
  JSON.stringify(selection) === JSON.stringify(baseline);

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-compare": CompareView;
  }
}
