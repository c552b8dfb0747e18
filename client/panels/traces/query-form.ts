/** `<fd-traces-query>`: the query as chips, where chips can say it, and as TraceQL. Dispatches `search` when it is to be run again. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { TraceVocabulary } from "../../../server/wire/telemetry.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState, UrlValues } from "../../state/url-state.js";
import "./builder.js";
import { conditionsOf } from "./trace-conditions.js";
import { TraceTags } from "./trace-tags.js";
import "./traceql-editor.js";
import type { TraceqlEditor } from "./traceql-editor.js";
import { conditionsIn, formProblems, queryIn, valuesOfQuery } from "./traces-query.js";

@customElement("fd-traces-query")
export class TracesQuery extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @query("fd-traceql-editor") private readonly editor!: TraceqlEditor | null;
  private tags: TraceTags | undefined;

  private readonly vocabulary = new QueryController<TraceVocabulary | undefined>(this, {
    key: () => this.run?.runId,
    run: async (signal) => this.run?.queries.traceVocabulary(signal),
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  override render(): TemplateResult {
    const { run } = this;
    if (run === undefined) return html``;
    const text = queryIn(this.read);
    const knowledge = (this.tags ??= new TraceTags(run.queries));
    const isMore = this.read("q") !== undefined && conditionsOf(text) === undefined;
    return html`${isMore ? this.renderMore() : this.renderChips(knowledge)}
      <div class="editor">
        <fd-traceql-editor
          .value=${text}
          .queries=${run.queries}
          .knowledge=${knowledge}
          @run=${(event: CustomEvent<{ readonly query: string }>) => {
            this.url.set({ ...valuesOfQuery(event.detail.query), sel: undefined });
          }}
        ></fd-traceql-editor>
        <button
          class="primary"
          @click=${() => {
            this.url.set({ ...valuesOfQuery(this.editor?.text ?? text), sel: undefined });
            this.dispatchEvent(new Event("search"));
          }}
        >
          ${icon("search", 14)} Search
        </button>
      </div>`;
  }

  private renderMore(): TemplateResult {
    return html`<p class="soft small row">
      The builder can not show this query.
      <button
        class="link"
        @click=${() => {
          this.url.set(valuesOfQuery("{}"));
        }}
      >
        Clear it and use the builder
      </button>
    </p>`;
  }

  private renderChips(knowledge: TraceTags): TemplateResult {
    return html`<fd-trace-builder
      .conditions=${conditionsIn(this.read)}
      .durations=${Object.fromEntries(["min", "max", "tmin", "tmax"].map((name) => [name, this.read(name)]))}
      .problems=${formProblems(this.read)}
      .vocabulary=${this.vocabulary.value}
      .knowledge=${knowledge}
      @conditions-change=${(event: CustomEvent<UrlValues>) => {
        this.url.set({ ...event.detail, sel: undefined });
      }}
    ></fd-trace-builder>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      .editor {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2);
        align-items: start;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-traces-query": TracesQuery;
  }
}
