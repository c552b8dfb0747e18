/**
 * Traces: a search form, durations over time and the list of what was found. Everything the form holds stands in the
 * URL; the search runs when a field is left or Enter is pressed.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { TraceSearchAnswer, TraceSearchRequest, TraceSummary } from "../../../server/wire/telemetry.js";
import { formatClock, formatDurationUs, formatNumber, formatRatio } from "../../charts/format.js";
import type { ScatterSelection } from "../../charts/scatter-layout.js";
import "../../charts/scatter.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { crosshairContext, runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { CrosshairModel } from "../../state/crosshair.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { printDurationText } from "./duration-text.js";
import {
  formProblems,
  mergeTraces,
  spreadRequests,
  TRACE_LIMIT_DEFAULT,
  TRACE_LIMITS,
  traceRequestOf,
} from "./traces-query.js";
import type { FormProblem } from "./traces-query.js";

const FORM_PARAMETERS = ["service", "operation", "min", "max", "status", "f"] as const;

interface FoundTraces {
  readonly request: TraceSearchRequest;
  readonly answer: TraceSearchAnswer;
  readonly plotted: readonly TraceSummary[];
}

@customElement("fd-view-traces")
export class TracesView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  @consume({ context: crosshairContext }) private readonly crosshair!: CrosshairModel;

  private readonly traces = new QueryController<FoundTraces>(this, {
    key: () => this.request(),
    run: (signal) => this.search(this.request(), signal),
  });
  private readonly vocabulary = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.traceVocabulary(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  /** What was asked for; and where the newest reach back only a little, dots for the rest of the window. */
  private async search(request: TraceSearchRequest, signal: AbortSignal): Promise<FoundTraces> {
    const { queries } = this.run;
    const answer = await queries.traces(request, signal);
    const slices = spreadRequests(request, answer);
    const spread = await Promise.all(slices.map((slice) => queries.traces(slice, signal)));
    return { request, answer, plotted: mergeTraces([answer, ...spread]) };
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  private request(): TraceSearchRequest {
    return traceRequestOf(this.read, this.time.window());
  }

  override render(): TemplateResult {
    const found = this.traces.value;
    return html`<div class="view">
      ${this.renderForm(formProblems(this.read))}
      ${this.traces.error === undefined ? nothing : html`<fd-error-notice .error=${this.traces.error}></fd-error-notice>`}
      <fd-trace-scatter
        .traces=${found?.plotted ?? []}
        .window=${found?.request ?? this.time.window()}
        @trace-open=${(event: CustomEvent<{ readonly traceId: string }>) => {
          this.url.open("trace", { trace: event.detail.traceId });
        }}
        @box-select=${(event: CustomEvent<ScatterSelection>) => {
          this.narrow(event.detail);
        }}
      ></fd-trace-scatter>
      ${found === undefined ? nothing : this.renderStatus(found)}
      ${found === undefined ? nothing : this.renderResults(found.answer.traces)}
    </div>`;
  }

  private renderForm(problems: readonly FormProblem[]): TemplateResult {
    const service = this.url.get("service") ?? "";
    return html`<form
      role="search"
      aria-label="Search traces"
      @submit=${(event: Event) => {
        event.preventDefault();
      }}
    >
      ${this.select("service", "Service", service, "any service", this.services())}
      ${this.select("operation", "Operation", this.url.get("operation") ?? "", "any operation", this.operations(service))}
      ${this.input("min", "Longer than", "250ms", problems)} ${this.input("max", "Shorter than", "2s", problems)}
      ${this.select("status", "Status", this.url.get("status") ?? "", "any", ["ok", "error"])}
      ${this.input("f", "Attributes", "http.route=/checkout", problems)}
      ${this.select("order", "First", this.url.get("order") ?? "", "newest", ["slowest"])}
      ${this.select(
        "limit",
        "At most",
        this.url.get("limit") ?? "",
        String(TRACE_LIMIT_DEFAULT),
        TRACE_LIMITS.filter((limit) => limit !== TRACE_LIMIT_DEFAULT).map(String),
      )}
      <datalist id="attributes">
        ${this.vocabulary.value?.attributes.map((name) => html`<option value=${`${name}=`}></option>`) ?? nothing}
      </datalist>
      ${problems.map(({ field, message }) => html`<p id="problem-${field}" class="critical small" role="alert">${message}</p>`)}
    </form>`;
  }

  private services(): readonly string[] {
    return this.vocabulary.value?.services.map(({ service }) => service).sort() ?? [];
  }

  private operations(service: string): readonly string[] {
    const services = this.vocabulary.value?.services ?? [];
    const matching = service === "" ? services : services.filter((known) => known.service === service);
    return [...new Set(matching.flatMap(({ operations }) => operations))].sort();
  }

  private select(
    name: string,
    label: string,
    value: string,
    anyText: string,
    options: readonly string[],
  ): TemplateResult {
    const all = value === "" || options.includes(value) ? options : [value, ...options];
    return html`<label
      ><span>${label}</span>
      <select
        name=${name}
        @change=${(event: Event) => {
          const chosen = (event.target as HTMLSelectElement).value;
          this.set({ [name]: chosen, ...(name === "service" && { operation: undefined }) });
        }}
      >
        <option value="" ?selected=${value === ""}>${anyText}</option>
        ${all.map((option) => html`<option value=${option} ?selected=${option === value}>${option}</option>`)}
      </select></label
    >`;
  }

  private input(
    name: "min" | "max" | "f",
    label: string,
    example: string,
    problems: readonly FormProblem[],
  ): TemplateResult {
    const wrong = problems.some(({ field }) => field === name);
    return html`<label class=${name === "f" ? "wide" : "narrow"}
      ><span>${label}</span>
      <input
        class="data"
        name=${name}
        placeholder=${example}
        list=${name === "f" ? "attributes" : nothing}
        aria-invalid=${wrong ? "true" : "false"}
        aria-describedby=${wrong ? `problem-${name}` : nothing}
        .value=${this.url.get(name) ?? ""}
        @change=${(event: Event) => {
          this.set({ [name]: (event.target as HTMLInputElement).value.trim() });
        }}
      />
    </label>`;
  }

  private set(values: Readonly<Record<string, string | undefined>>): void {
    const entries = Object.entries(values).map(([name, value]) => [name, value === "" ? undefined : value] as const);
    this.url.set(Object.fromEntries(entries));
  }

  /** One step of history for the box: its window and its durations together. */
  private narrow(box: ScatterSelection): void {
    this.url.set({
      from: String(box.fromUs),
      to: String(Math.max(box.toUs, box.fromUs + 1_000)),
      min: printDurationText(box.minDurationUs),
      max: printDurationText(box.maxDurationUs),
    });
  }

  private renderStatus({ answer, plotted }: FoundTraces): TemplateResult {
    const { traces, total, sampleRatio } = answer;
    const first = this.url.get("order") === "slowest" ? "slowest" : "newest";
    return html`<div class="row status">
      <span role="status"
        >${total > traces.length ? `The ${first} ${formatNumber(traces.length, 9)} of ` : ""}${formatNumber(total, 9)}
        ${total === 1 ? "trace" : "traces"}</span
      >
      ${
        sampleRatio < 1
          ? html`<span class="soft" title="The others were never stored: a search cannot find them"
              >The collector keeps ${formatRatio(sampleRatio)} of all traces.</span
            >`
          : nothing
      }
      <span class="soft small"
        >● ok <span class="critical">◆ with errors</span> ${
          plotted.length > traces.length ? "· dots are a sample of the whole window" : ""
        }
        · drag a box to narrow, click to open</span
      >
      <fd-pin-button label="Pin search" .exhibit=${() => this.exhibit(answer)}></fd-pin-button>
    </div>`;
  }

  private renderResults(traces: readonly TraceSummary[]): TemplateResult {
    if (traces.length === 0) {
      return html`<fd-empty-state heading="No trace matches">
        ${
          FORM_PARAMETERS.some((name) => this.url.get(name) !== undefined)
            ? html`Take conditions away or widen the time range.
                <button
                  @click=${() => {
                    this.set(Object.fromEntries(FORM_PARAMETERS.map((name) => [name, undefined])));
                  }}
                >
                  Remove all conditions
                </button>`
            : "Widen the time range, or wait until requests have ended."
        }
      </fd-empty-state>`;
    }
    const longestUs = traces.reduce((most, { durationUs }) => Math.max(most, durationUs), 1);
    return html`<div class="results" tabindex="0" role="group" aria-label="Traces found">
      <table>
        <thead>
          <tr>
            <th>Start (UTC)</th>
            <th>Root</th>
            <th class="duration">Duration</th>
            <th class="number">Spans</th>
            <th>Errors</th>
            <th>Services</th>
            <th>Trace</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            traces,
            ({ traceId }) => traceId,
            (trace) => this.row(trace, longestUs),
          )}
        </tbody>
      </table>
    </div>`;
  }

  private row(trace: TraceSummary, longestUs: number): TemplateResult {
    const { traceId, rootService, rootName, startUs, durationUs, spanCount, errorCount, services } = trace;
    const href = this.url.href("trace", { trace: traceId });
    return html`<tr
      @pointerenter=${() => {
        this.crosshair.point(startUs, this);
      }}
      @pointerleave=${() => {
        this.crosshair.leave(this);
      }}
    >
      <td class="data">${formatClock(startUs, 3)}</td>
      <td><fd-service-chip name=${rootService}></fd-service-chip> <a href=${href}>${rootName}</a></td>
      <td class="duration">
        <span class="bar" style="width:${String((durationUs / longestUs) * 100)}%"></span>
        <span class="data">${formatDurationUs(durationUs)}</span>
      </td>
      <td class="number">${spanCount}</td>
      <td>
        ${errorCount === 0 ? html`<span class="soft">–</span>` : html`<span class="critical">${icon("critical", 12)} ${errorCount}</span>`}
      </td>
      <td class="soft small services" title=${services.join(", ")}>${services.join(", ")}</td>
      <td class="data"><a href=${href}>${traceId.slice(0, 8)}</a></td>
    </tr>`;
  }

  private exhibit({ traces, total, sampleRatio }: TraceSearchAnswer): ExhibitParts {
    const words = FORM_PARAMETERS.map((name) => this.url.get(name)).filter((value) => value !== undefined);
    const durations = traces.map(({ durationUs }) => durationUs).sort((one, other) => one - other);
    const median = durations[Math.floor(durations.length / 2)];
    return {
      title: words.length === 0 ? "Traces" : `Traces: ${words.join(" · ")}`,
      reference: { view: "traces", search: this.url.search, window: this.time.window() },
      frozen: {
        kind: "facts",
        facts: [
          { name: "traces found", value: String(total) },
          { name: "share kept by the collector", value: formatRatio(sampleRatio) },
          {
            name: "with errors, of those listed",
            value: String(traces.filter(({ errorCount }) => errorCount > 0).length),
          },
          { name: "median duration, of those listed", value: median === undefined ? "–" : formatDurationUs(median) },
          { name: "longest, of those listed", value: formatDurationUs(durations.at(-1) ?? NaN) },
        ],
      },
    };
  }

  static override styles = [
    sharedStyles,
    fillStyles,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      form p {
        flex-basis: 100%;
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
      .narrow input {
        width: 11ch;
      }
      .wide {
        flex: 1 1 200px;
      }
      select {
        max-width: 24ch;
      }
      input[aria-invalid="true"] {
        border-color: var(--severity-critical);
      }
      .status {
        padding-block-end: var(--space-1);
        border-block-end: 1px solid var(--line);
      }
      .status fd-pin-button {
        margin-inline-start: auto;
      }
      .results {
        flex: 1;
        overflow: auto;
        min-height: 200px;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--surface-0);
      }
      tbody tr:hover {
        background: var(--surface-2);
      }
      td {
        vertical-align: middle;
        white-space: nowrap;
      }
      .duration {
        position: relative;
        min-width: 140px;
      }
      .bar {
        position: absolute;
        inset-block: 5px;
        left: 0;
        background: var(--accent-soft);
        min-width: 2px;
      }
      .duration .data {
        position: relative;
      }
      .services {
        max-width: 32ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-traces": TracesView;
  }
}
