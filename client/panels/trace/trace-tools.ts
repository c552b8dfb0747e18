/** `<fd-trace-tools>`: how the trace is shown: its form, the search for spans, folded rows, the zoom. All of it in the address. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { depthOf, nextFound } from "../../charts/waterfall-folds.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import { StoreController } from "../../controllers/store-controller.js";
import { findField } from "../../elements/find-field.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { foldsChanged, foldsOf } from "./trace-folds.js";
import { traceFormOf } from "./trace-forms.js";
import type { TraceForm } from "./trace-forms.js";

const TITLES: readonly (readonly [form: TraceForm, title: string])[] = [
  ["waterfall", "Waterfall"],
  ["flame", "Flame"],
  ["table", "Where the time went"],
];

/** Levels that the list of depths offers one by one. */
const DEPTHS_LISTED = 12;

@customElement("fd-trace-tools")
export class TraceTools extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @property({ attribute: false }) selected!: TraceNode;
  /** Ids of the spans that the search has found; undefined without a search. */
  @property({ attribute: false }) found: ReadonlySet<string> | undefined;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const form = traceFormOf(this.url.get("form"));
    return html`<div class="row">
      <div class="row" role="tablist" aria-label="Form of the trace">
        ${TITLES.map(([id, title]) => this.tab(id, title, id === form))}
      </div>
      ${form === "table" ? nothing : this.renderFind()} ${form === "waterfall" ? this.renderFolds() : nothing}
      ${form === "table" ? nothing : this.renderZoom()} ${form === "waterfall" ? LEGEND : nothing}
    </div>`;
  }

  private tab(id: TraceForm, title: string, isOpen: boolean): TemplateResult {
    return html`<button
      class="quiet"
      role="tab"
      aria-selected=${isOpen ? "true" : "false"}
      ?data-chart-table=${id === "table"}
      @click=${() => {
        this.url.set({ form: id === "waterfall" ? undefined : id });
      }}
    >
      ${title}
    </button>`;
  }

  private renderZoom(): TemplateResult {
    return html`<button
      ?disabled=${this.url.get("zoom") === undefined}
      @click=${() => {
        this.url.set({ zoom: undefined }, { replace: true });
      }}
    >
      ${icon("zoom", 14)} Whole trace
    </button>`;
  }

  private renderFind(): TemplateResult {
    const { found, tree, selected } = this;
    const go = (step: 1 | -1): void => {
      const next = found && nextFound(tree, found, selected.span.spanId, step);
      if (next !== undefined) this.url.set({ span: next }, { replace: true });
    };
    return html`${findField(this.url, {
      name: "find",
      label: "Find spans by service, operation or attribute",
      placeholder: "Find spans",
      isQuery: true,
      keyed: (event) => {
        if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
      },
    })}
    ${
      found === undefined
        ? nothing
        : html`<span class="soft small" role="status">${found.size} found</span>
            <button class="quiet" title="Previous (N)" ?disabled=${found.size === 0} @click=${() => go(-1)}>↑</button>
            <button class="quiet" title="Next (n)" ?disabled=${found.size === 0} @click=${() => go(1)}>↓</button>`
    }`;
  }

  private renderFolds(): TemplateResult {
    const { depth, service } = foldsOf((name) => this.url.get(name));
    const levels = Math.min(DEPTHS_LISTED, depthOf(this.tree) - 1);
    const own = this.selected.span.service;
    return html`<label class="inline"
        ><span class="soft small">Levels</span>
        <select
          @change=${(event: Event) => {
            const level = Number((event.target as HTMLSelectElement).value);
            this.fold({ depth: level === 0 ? undefined : level, service: undefined });
          }}
        >
          <option value="0" ?selected=${depth === undefined}>all</option>
          ${Array.from({ length: levels }, (_, at) => at + 1).map(
            (level) => html`<option value=${level} ?selected=${level === depth}>${level}</option>`,
          )}
        </select></label
      >
      <button
        aria-pressed=${service === own ? "true" : "false"}
        title="Hide what is below spans of the chosen span’s service"
        @click=${() => {
          this.fold({ depth: undefined, service: service === own ? undefined : own });
        }}
      >
        Fold ${own}
      </button>
      <button
        ?disabled=${depth === undefined && service === undefined && this.url.get("closed") === undefined}
        @click=${() => {
          this.url.set({ closed: undefined, depth: undefined, fold: undefined }, { replace: true });
        }}
      >
        Open all rows
      </button>`;
  }

  private fold(choice: Parameters<typeof foldsChanged>[0]): void {
    this.url.set(foldsChanged(choice, this.selected, this.tree), { replace: true });
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .legend {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        flex-wrap: wrap;
        margin-inline-start: auto;
      }
      .legend i {
        display: inline-block;
        width: 18px;
        height: 10px;
        margin-inline-start: var(--space-2);
      }
      i.path {
        height: 3px;
        background: var(--ink);
      }
      i.waiting {
        background: repeating-linear-gradient(-45deg, var(--surface-0) 0 2px, var(--ink-soft) 2px 4px);
        border: 1px solid var(--ink-soft);
      }
      i.hollow {
        border: 1px solid var(--ink-soft);
        background: var(--surface-2);
      }
      i.gap {
        border: 1px dashed var(--ink);
      }
    `,
  ];
}

const LEGEND = html`<span class="legend soft small"
  ><i class="path"></i>critical path <i class="waiting"></i>waiting <i class="hollow"></i>call
  <i class="gap"></i>gap</span
>`;

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-tools": TraceTools;
  }
}
