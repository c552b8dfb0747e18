/**
 * `<fd-trace-builder>`: conditions on traces as chips. Service, operation and status are one choice each; durations and
 * attributes are added one by one, with the values that occur. Dispatches `conditions-change` with URL values.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TraceVocabulary } from "../../../server/wire/telemetry.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { UrlValues } from "../../state/url-state.js";
import { CONDITION_OPERATORS, parseTags, printTags, scopedName, withTag } from "./trace-conditions.js";
import type { ConditionOperator, SpanConditions, TagCondition } from "./trace-conditions.js";
import type { TraceqlKnowledge } from "./traceql-language.js";
import type { FormProblem } from "./traces-query.js";

/** Durations of the adder, by parameter. */
const DURATIONS = [
  { parameter: "min", title: "span takes at least", sign: "span ≥" },
  { parameter: "max", title: "span takes at most", sign: "span ≤" },
  { parameter: "tmin", title: "trace takes at least", sign: "trace ≥" },
  { parameter: "tmax", title: "trace takes at most", sign: "trace ≤" },
] as const;

const ATTRIBUTE = "attribute";

@customElement("fd-trace-builder")
export class TraceBuilder extends LitElement {
  @property({ attribute: false }) conditions: SpanConditions = { tags: [] };
  /** Durations as they stand in the URL, by parameter. */
  @property({ attribute: false }) durations: Readonly<Record<string, string | undefined>> = {};
  @property({ attribute: false }) problems: readonly FormProblem[] = [];
  @property({ attribute: false }) vocabulary: TraceVocabulary | undefined;
  @property({ attribute: false }) knowledge: TraceqlKnowledge | undefined;
  @state() private field: string = ATTRIBUTE;
  @state() private name = "";
  @state() private operator: ConditionOperator = "=";
  @state() private text = "";
  @state() private values: readonly string[] = [];
  @state() private refusal = "";

  override render(): TemplateResult {
    const { service = "", operation = "", status = "" } = this.conditions;
    return html`<form
      role="search"
      aria-label="Search traces"
      @submit=${(event: Event) => {
        event.preventDefault();
        this.add();
      }}
    >
      ${this.select("Service", service, "any service", this.services(), (value) => ({
        service: value,
        operation: undefined,
      }))}
      ${this.select("Operation", operation, "any operation", this.operations(service), (value) => ({
        operation: value,
      }))}
      ${this.select("Status", status, "any", ["ok", "error"], (value) => ({ status: value }))} ${this.renderAdder()}
      ${this.renderChips()}
      ${this.problems.map(({ message }) => html`<p class="critical small" role="alert">${message}</p>`)}
      ${this.refusal === "" ? nothing : html`<p class="critical small" role="alert">${this.refusal}</p>`}
    </form>`;
  }

  private services(): readonly string[] {
    return this.vocabulary?.services.map(({ service }) => service).sort() ?? [];
  }

  private operations(service: string): readonly string[] {
    const services = this.vocabulary?.services ?? [];
    const matching = service === "" ? services : services.filter((known) => known.service === service);
    return [...new Set(matching.flatMap(({ operations }) => operations))].sort();
  }

  private select(
    label: string,
    value: string,
    anyText: string,
    options: readonly string[],
    valuesOf: (value: string | undefined) => UrlValues,
  ): TemplateResult {
    const all = value === "" || options.includes(value) ? options : [value, ...options];
    return html`<label class=${value === "" ? "" : "set"}
      ><span>${label}</span>
      <select
        @change=${(event: Event) => {
          const chosen = (event.target as HTMLSelectElement).value;
          this.change(valuesOf(chosen === "" ? undefined : chosen));
        }}
      >
        <option value="" ?selected=${value === ""}>${anyText}</option>
        ${all.map((option) => html`<option value=${option} ?selected=${option === value}>${option}</option>`)}
      </select></label
    >`;
  }

  private renderAdder(): TemplateResult {
    const isAttribute = this.field === ATTRIBUTE;
    return html`<fieldset class="adder">
      <legend>Add a condition</legend>
      <select
        aria-label="What to add"
        @change=${(event: Event) => {
          this.field = (event.target as HTMLSelectElement).value;
          this.text = "";
        }}
      >
        <option value=${ATTRIBUTE} ?selected=${isAttribute}>attribute</option>
        ${DURATIONS.map(
          ({ parameter, title }) =>
            html`<option value=${parameter} ?selected=${this.field === parameter}>${title}</option>`,
        )}
      </select>
      ${isAttribute ? this.renderAttribute() : nothing}
      <input
        class="data value"
        aria-label=${isAttribute ? "Value" : "Duration"}
        placeholder=${isAttribute ? "value" : "250ms"}
        list="values"
        .value=${this.text}
        @input=${(event: Event) => {
          this.text = (event.target as HTMLInputElement).value;
        }}
      />
      <datalist id="values">
        ${isAttribute ? this.values.map((value) => html`<option value=${value}></option>`) : nothing}
      </datalist>
      <button ?disabled=${this.text.trim() === "" || (isAttribute && this.name.trim() === "")}>
        ${icon("include", 12)} Add
      </button>
    </fieldset>`;
  }

  private renderAttribute(): TemplateResult {
    return html`<input
        class="data name"
        aria-label="Attribute"
        placeholder="http.route"
        list="attributes"
        .value=${this.name}
        @change=${(event: Event) => {
          this.name = (event.target as HTMLInputElement).value.trim();
          void this.learnValues();
        }}
      />
      <datalist id="attributes">
        ${this.vocabulary?.attributes.map((name) => html`<option value=${name}></option>`) ?? nothing}
      </datalist>
      <select
        class="data"
        aria-label="Operator"
        @change=${(event: Event) => {
          this.operator = (event.target as HTMLSelectElement).value as ConditionOperator;
        }}
      >
        ${CONDITION_OPERATORS.map(
          (operator) => html`<option value=${operator} ?selected=${operator === this.operator}>${operator}</option>`,
        )}
      </select>`;
  }

  private async learnValues(): Promise<void> {
    const { name } = this;
    const values = name === "" ? [] : ((await this.knowledge?.values(scopedName(name))) ?? []);
    if (name === this.name) this.values = values.map((value) => value.replace(/^"(.*)"$/, "$1"));
  }

  private renderChips(): TemplateResult | typeof nothing {
    const durations = DURATIONS.filter(({ parameter }) => this.durations[parameter] !== undefined);
    const { tags } = this.conditions;
    if (durations.length + tags.length === 0) return nothing;
    return html`<ul aria-label="Conditions">
      ${durations.map(({ parameter, sign }) =>
        chip(`${sign} ${this.durations[parameter] ?? ""}`, () => {
          this.change({ [parameter]: undefined });
        }),
      )}
      ${tags.map((tag) =>
        chip(`${tag.name} ${tag.operator} ${tag.value}`, () => {
          this.setTags(tags.filter((other) => other !== tag));
        }),
      )}
    </ul>`;
  }

  private add(): void {
    const text = this.text.trim();
    if (text === "") return;
    this.refusal = "";
    if (this.field !== ATTRIBUTE) this.change({ [this.field]: text });
    else {
      const parsed = parseTags(`${this.name}${this.operator}${/\s/.test(text) ? JSON.stringify(text) : text}`);
      if (!parsed.ok) {
        this.refusal = parsed.message;
        return;
      }
      this.setTags(parsed.tags.reduce((tags, tag) => withTag(tags, tag), this.conditions.tags));
    }
    this.text = "";
  }

  private setTags(tags: readonly TagCondition[]): void {
    this.change({ f: tags.length === 0 ? undefined : printTags(tags) });
  }

  private change(values: UrlValues): void {
    this.dispatchEvent(new CustomEvent("conditions-change", { detail: values }));
  }

  static override styles = [
    sharedStyles,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: flex-end;
      }
      form p {
        flex-basis: 100%;
      }
      label,
      .adder {
        min-width: 0;
      }
      /* A fieldset is no flex box in every browser: its controls stand on one line by themselves. */
      .adder > * {
        vertical-align: bottom;
      }
      label > select {
        display: block;
      }
      label > span,
      legend {
        display: block;
        font-size: var(--text-s);
        color: var(--ink-soft);
        padding: 0;
      }
      label.set select {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      select {
        max-width: 24ch;
      }
      .name {
        width: 18ch;
      }
      .value {
        width: 14ch;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
        flex-basis: 100%;
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        border: 1px solid var(--accent);
        border-radius: var(--radius);
        background: var(--accent-soft);
        padding-inline-start: 6px;
        overflow-wrap: anywhere;
      }
      li button {
        min-height: 24px;
        padding: 0 5px;
      }
    `,
  ];
}

function chip(text: string, remove: () => void): TemplateResult {
  return html`<li>
    <span class="data">${text}</span>
    <button type="button" class="quiet" aria-label="Remove ${text}" title="Remove" @click=${remove}>
      ${icon("close", 10)}
    </button>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-builder": TraceBuilder;
  }
}
