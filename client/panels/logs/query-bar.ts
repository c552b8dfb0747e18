/**
 * `<fd-log-query>`: what is searched for, as a form of chips or in LogQL; each becomes the other where it can. Dispatches
 * `change-url` {change} with parameters of the URL.
 */
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { LogqlReading } from "../../../server/wire/logs.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { RunQueries } from "../../net/api.js";
import { changeUrl } from "./change-url.js";
import { parseFilters, parseList, printFilters, toggleFilter, toggleInList } from "./field-filters.js";
import type { LogqlEditor } from "./logql-editor.js";
import { logqlOf } from "./logql-parts.js";
import { changeOfParts, LOG_LEVELS, partsOf } from "./logs-query.js";
import type { ParameterChange, ReadParameter } from "./logs-query.js";
import { queryBarStyles } from "./query-bar.styles.js";

@customElement("fd-log-query")
export class LogQueryBar extends LitElement {
  /** The URL's parameters. */
  @property({ attribute: false }) read: ReadParameter = () => undefined;
  /** Change it with the URL, so that the bar is drawn again. */
  @property() revision = "";
  @property({ attribute: false }) queries: RunQueries | undefined;
  @property({ attribute: false }) services: readonly string[] = [];
  /** What the query in LogQL is, once the server has said. */
  @property({ attribute: false }) reading: LogqlReading | undefined;
  @property({ attribute: false }) traceHref: ((traceId: string) => string) | undefined;
  @state() private helpOpen = false;
  @state() private editorReady = false;
  /** LogQL is open although the query is still empty. */
  @state() private editing = false;
  @query("fd-logql-editor") private readonly editor!: LogqlEditor | null;

  private get logql(): string {
    return this.read("logql") ?? "";
  }

  private get isLogql(): boolean {
    return this.logql !== "" || this.editing;
  }

  override willUpdate(): void {
    if (!this.isLogql || this.editorReady) return;
    void import("./logql-editor.js").then(() => {
      this.editorReady = true;
    });
  }

  override render(): TemplateResult {
    return html`<form
        class="row"
        role="search"
        aria-label="Search logs"
        @submit=${(event: Event) => {
          event.preventDefault();
        }}
      >
        ${this.renderModes()} ${this.isLogql ? this.renderEditor() : this.renderForm()}
        <slot></slot>
        ${this.helpOpen ? (this.isLogql ? logqlHelp() : searchHelp()) : nothing}
      </form>
      ${this.isLogql ? nothing : this.renderFilters()}`;
  }

  private renderModes(): TemplateResult {
    const { reading, isLogql } = this;
    const isSaid = !isLogql || this.logql === "" || (reading?.kind === "lines" && reading.parts !== undefined);
    const reason =
      reading?.kind === "metric"
        ? "The query gives numbers over time: the builder has lines only."
        : reading?.kind === "lines"
          ? (reading.notInBuilder ?? "")
          : "The query does not parse.";
    return html`<span class="modes" role="group" aria-label="Search by">
      <button
        type="button"
        aria-pressed=${isLogql ? "false" : "true"}
        ?disabled=${!isSaid}
        title=${isSaid ? "Search by words, levels and fields" : reason}
        @click=${this.toBuilder}
      >
        Builder
      </button>
      <button
        type="button"
        aria-pressed=${isLogql ? "true" : "false"}
        title="The same search in LogQL"
        @click=${this.toLogql}
      >
        LogQL
      </button>
    </span>`;
  }

  private readonly toBuilder = (): void => {
    this.editing = false;
    const { reading } = this;
    if (reading?.kind === "lines" && reading.parts !== undefined) changeUrl(this, changeOfParts(reading.parts));
    else changeUrl(this, { logql: undefined });
  };

  private readonly toLogql = (): void => {
    if (this.isLogql) return;
    this.editing = true;
    const none = { level: undefined, services: undefined, q: undefined, f: undefined, trace: undefined };
    changeUrl(this, { ...none, logql: logqlOf(partsOf(this.read)) });
  };

  private renderEditor(): TemplateResult {
    return html`<div class="editor">
        ${
          this.editorReady
            ? html`<fd-logql-editor
                .value=${this.logql}
                .queries=${this.queries}
                @run=${(event: CustomEvent<{ readonly query: string }>) => {
                  changeUrl(this, { logql: event.detail.query.trim() });
                }}
              ></fd-logql-editor>`
            : html`<p class="soft small">Loading the editor …</p>`
        }
      </div>
      <button
        class="primary"
        type="button"
        title="Run (Enter)"
        @click=${() => {
          changeUrl(this, { logql: (this.editor?.text ?? this.logql).trim() });
        }}
      >
        Run
      </button>
      ${this.helpButton()}`;
  }

  private helpButton(): TemplateResult {
    return html`<button
      class="quiet"
      type="button"
      aria-expanded=${this.helpOpen ? "true" : "false"}
      aria-controls="help"
      @click=${() => {
        this.helpOpen = !this.helpOpen;
      }}
    >
      ${icon("help", 14)}<span class="visually-hidden">How to search</span>
    </button>`;
  }

  private renderForm(): TemplateResult {
    const levels = parseList(this.read("level"));
    return html`<label class="text">
        <span class="visually-hidden">Words in the message or a field</span>
        <input
          type="search"
          name="q"
          data-query
          placeholder='Words, "a phrase", -without'
          .value=${this.read("q") ?? ""}
          @change=${(event: Event) => {
            changeUrl(this, { q: (event.target as HTMLInputElement).value });
          }}
        />
      </label>
      ${this.helpButton()}
      <div class="levels" role="group" aria-label="Levels">
        ${LOG_LEVELS.map(
          (level) =>
            html`<button
              type="button"
              aria-pressed=${levels.includes(level) ? "true" : "false"}
              @click=${() => {
                changeUrl(this, { level: toggleInList(this.read("level"), level) });
              }}
            >
              ${level}
            </button>`,
        )}
      </div>
      <label>
        <span class="visually-hidden">Service</span>
        <select
          @change=${(event: Event) => {
            changeUrl(this, { services: (event.target as HTMLSelectElement).value });
          }}
        >
          ${this.serviceOptions()}
        </select>
      </label>`;
  }

  private serviceOptions(): TemplateResult {
    const chosen = parseList(this.read("services"));
    const several = chosen.length > 1 ? [chosen.join(",")] : [];
    const single = [...new Set([...this.services, ...(chosen.length === 1 ? chosen : [])])].sort();
    const value = chosen.join(",");
    return html`<option value="" ?selected=${value === ""}>All services</option>
      ${[...several, ...single].map(
        (option) =>
          html`<option value=${option} ?selected=${option === value}>${option.replaceAll(",", ", ")}</option>`,
      )}`;
  }

  /** Filters in force, each with a button that takes it away; and the line to type one. */
  private renderFilters(): TemplateResult {
    const text = this.read("f") ?? "";
    const parsed = parseFilters(text);
    return html`<div class="row filters" role="group" aria-label="Filters">
      ${this.traceFilter(this.read("trace"))}
      ${
        parsed.ok
          ? parsed.filters.map((filter) => {
              const next = printFilters(toggleFilter(parsed.filters, filter));
              return html`<span class="tag data"
                >${filter.name} ${filter.operator === "=" ? "=" : "≠"}
                <bdi>${filter.value}</bdi> ${this.removeButton(`the filter on ${filter.name}`, { f: next })}</span
              >`;
            })
          : html`<span class="critical small" role="alert">${parsed.message}</span>`
      }
      <label class="add">
        <span class="visually-hidden">Add a field filter</span>
        <input
          class="data"
          placeholder="+ field=value"
          .value=${parsed.ok ? "" : text}
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement;
            const next = `${parsed.ok ? text : ""} ${input.value}`.trim();
            input.value = "";
            changeUrl(this, { f: next });
          }}
        />
      </label>
    </div>`;
  }

  private traceFilter(trace: string | undefined): TemplateResult | typeof nothing {
    if (trace === undefined) return nothing;
    return html`<span class="tag data"
        >trace_id = ${trace} ${this.removeButton("the trace filter", { trace: undefined })}</span
      >
      ${
        this.traceHref === undefined
          ? nothing
          : html`<a href=${this.traceHref(trace)}>${icon("waterfall", 14)} Open this trace</a>`
      }`;
  }

  private removeButton(what: string, change: ParameterChange): TemplateResult {
    return html`<button
      class="quiet remove"
      aria-label="Remove ${what}"
      @click=${() => {
        changeUrl(this, change);
      }}
    >
      ${icon("close", 10)}
    </button>`;
  }

  static override styles = [sharedStyles, queryBarStyles];
}

function searchHelp(): TemplateResult {
  return html`<div id="help" class="help soft">
    <p>
      All words must occur in the message or in a field's value; upper and lower case are the same.
      <code>"connection refused"</code> is one phrase, <code>-healthz</code> leaves lines out.
    </p>
    <p>
      Fields: <code>http.route=/checkout</code>, <code>error.type!="timeout"</code>. Click a value in the list or at the
      left to include or exclude it.
    </p>
  </div>`;
}

function logqlHelp(): TemplateResult {
  return html`<div id="help" class="help soft">
    <p>
      <code>{service_name="order", level="error"} |= "failed"</code> is lines; attributes are labels with
      <code>_</code> for dots: <code>| http_route="/checkout"</code>.
    </p>
    <p>
      <code>sum by (service_name) (count_over_time({level="error"}[1m]))</code> is numbers over time, drawn as a chart.
      Ctrl+Space completes; a mistake is underlined, with ways to mend it.
    </p>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-query": LogQueryBar;
  }
}
