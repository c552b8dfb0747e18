/**
 * Baseline against selection: `<fd-compare .request=${…}>`. A small sample answers first and a larger one after it; both
 * can be stopped. Dispatches `compare-narrow` (see attribute-card.ts) where a value is included or excluded.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { CompareAnswer, ComparedAttribute, CompareRequest } from "../../../server/wire/compare.js";
import { formatDurationUs } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import "./attribute-card.js";
import { narrow } from "./attribute-query.js";
import type { NarrowDetail } from "./attribute-card.js";
import { countText } from "./effect-words.js";

/** Things of each side: a first look, then as many as differences of a few per cent need. */
const SAMPLES = [250, 2_000] as const;

/** Parameters that make each side small. */
const SIDE_FILTERS = {
  selection: ["q", "lf", "slow", "sf", "st", "smin", "smax"],
  baseline: ["bq", "blf", "bf", "bt", "bmin", "bmax"],
} as const;

@customElement("fd-compare")
export class Compare extends LitElement {
  /** Its `sample` is not used. */
  @property({ attribute: false }) request: CompareRequest | undefined;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @state() private stage = 0;
  @state() private stopped = false;
  @state() private showsEqual = false;
  private asked = "";

  private readonly query = new QueryController<CompareAnswer>(this, {
    key: () => (this.request === undefined ? undefined : [this.request, this.stage]),
    run: async (signal) => {
      const request = this.shownRequest;
      if (request === undefined) throw new Error("a comparison without a question is not asked");
      return this.run.queries.compare(request, signal);
    },
  });

  /** The question behind what is on the screen. */
  get shownRequest(): CompareRequest | undefined {
    return this.request === undefined ? undefined : { ...this.request, sample: SAMPLES[this.stage] ?? SAMPLES[0] };
  }

  /** What is on the screen, for pins and exports. */
  get answer(): CompareAnswer | undefined {
    return this.query.value;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const key = JSON.stringify(this.request);
    if (changed.has("request") && key !== this.asked) {
      this.asked = key;
      this.stage = 0;
      this.stopped = false;
    }
  }

  override updated(): void {
    const { value, pending, error } = this.query;
    if (pending || this.stopped || error !== undefined || value === undefined) return;
    const isPart = value.selection.examined < value.selection.total || value.baseline.examined < value.baseline.total;
    if (
      this.stage + 1 < SAMPLES.length &&
      isPart &&
      this.query.answeredKey === JSON.stringify([this.request, this.stage])
    ) {
      this.stage++;
    }
    this.dispatchEvent(new CustomEvent("compared", { detail: value, bubbles: true }));
  }

  override render(): TemplateResult {
    const { value, error, pending } = this.query;
    return html`${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
    ${pending ? this.progress(value) : nothing} ${value === undefined ? nothing : this.result(value)}`;
  }

  private progress(value: CompareAnswer | undefined): TemplateResult {
    const text = value === undefined ? "Comparing" : "Looking at more of both, for smaller differences";
    return html`<div class="row">
      <fd-progress label=${text}></fd-progress>
      ${
        value === undefined
          ? nothing
          : html`<button
              class="quiet"
              @click=${() => {
                this.stopped = true;
                this.stage = 0;
              }}
            >
              Stop
            </button>`
      }
    </div>`;
  }

  private result(value: CompareAnswer): TemplateResult {
    if (value.selection.total === 0 || value.baseline.total === 0) return this.empty(value);
    const different = value.attributes.filter(({ difference, byDefinition }) => difference > 0 && !byDefinition);
    const rest = value.attributes.filter((attribute) => !different.includes(attribute));
    // The answer lists a few of those without a difference.
    const others = value.attributesExamined - different.length;
    return html`<p data-answer class="summary">
        <span class="key"><i class="selection"></i>Selection: ${countText(value.selection, value.things)}</span>
        <span class="key"><i class="baseline"></i>Baseline: ${countText(value.baseline, value.things)}</span>
        ${value.threshold === undefined ? nothing : html`<span>slower than ${formatDurationUs(value.threshold)}</span>`}
        <span class="soft"
          >${different.length} of ${value.attributesExamined} attributes differ beyond
          chance${
            value.comparedQuery === undefined ? "" : html`; compared by its parts: <code>${value.comparedQuery}</code>`
          }</span
        >
      </p>
      ${
        different.length === 0
          ? html`<fd-empty-state heading="No attribute tells the two apart"
              >What differs beyond chance would stand here. Choose a longer time, a narrower box, or another query.
              <button
                class="link"
                @click=${() => {
                  const detail = { id: "notes.open" };
                  this.dispatchEvent(new CustomEvent("fd-command", { detail, bubbles: true, composed: true }));
                }}
              >
                How to read a comparison
              </button></fd-empty-state
            >`
          : html`<ol class="grid">
              ${this.cards(different, value)}
            </ol>`
      }
      ${
        rest.length === 0
          ? nothing
          : html`<button
                class="rest"
                aria-expanded=${this.showsEqual ? "true" : "false"}
                @click=${() => (this.showsEqual = !this.showsEqual)}
              >
                ${this.showsEqual ? "Hide" : "Show"}
                ${rest.length < others ? `${String(rest.length)} of the ${String(others)}` : `the ${String(rest.length)}`}
                attributes that do not differ or that the selection was made by
              </button>
              ${
                this.showsEqual
                  ? html`<ol class="grid">
                      ${this.cards(rest, value)}
                    </ol>`
                  : nothing
              }`
      }`;
  }

  private cards(attributes: readonly ComparedAttribute[], value: CompareAnswer): unknown {
    return repeat(
      attributes,
      ({ id }) => id,
      (attribute) =>
        html`<li>
          <fd-compared-attribute
            .attribute=${attribute}
            .answer=${value}
            .canNarrow=${this.canNarrow}
          ></fd-compared-attribute>
        </li>`,
    );
  }

  private readonly canNarrow = (detail: NarrowDetail): boolean =>
    this.request !== undefined && narrow(this.request.signal, this.request.selection, detail) !== undefined;

  private empty({ selection }: CompareAnswer): TemplateResult {
    const side = selection.total === 0 ? "selection" : "baseline";
    return html`<fd-empty-answer heading="Nothing is in the ${side}" .filters=${SIDE_FILTERS[side]}
      >${side === "selection" ? "" : "All that matches may be in the selection: give the baseline a query of its own."}</fd-empty-answer
    >`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
        min-width: 0;
      }
      :host > button {
        align-self: flex-start;
      }
      .rest {
        max-width: 100%;
        white-space: normal;
        text-align: start;
      }
      .summary {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-4);
      }
      .key {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-weight: 600;
      }
      .key i {
        width: 18px;
        height: 8px;
      }
      i.selection {
        background: var(--accent);
      }
      i.baseline {
        background: repeating-linear-gradient(
          135deg,
          var(--line-strong) 0 3px,
          color-mix(in srgb, var(--line-strong) 45%, transparent) 3px 6px
        );
      }
      .grid {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 390px), 1fr));
        gap: var(--space-2);
        align-items: start;
      }
      li {
        min-width: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-compare": Compare;
  }
}
