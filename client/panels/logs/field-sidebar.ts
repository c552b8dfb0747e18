/**
 * `<fd-field-sidebar>`: the fields of the matching lines with their most frequent values, each to include or exclude, how
 * many different ones there are, and of numbers how they spread.
 */
import { LitElement, css, html, nothing, svg } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { FieldFilter, LogField, LogFields, NumberSummary } from "../../../server/wire/telemetry.js";
import { formatNumber, formatRatio } from "../../charts/format.js";
import { shortened } from "../../charts/readable-text.js";
import "../../elements/error-notice.js";
import "../../elements/pivot-menu.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";

/** Open from the start: what one narrows by most. */
const OPEN_FIELDS: ReadonlySet<string> = new Set(["level", "service", "http.route", "error.type"]);

/** Dispatches `include` and `exclude` {field, value}, `series` {field} to see one over time, `column` {field}. */
@customElement("fd-field-sidebar")
export class FieldSidebar extends LitElement {
  @property({ attribute: false }) fields: LogFields | undefined;
  @property({ attribute: false }) error: ApiError | undefined;
  @property({ attribute: false }) filters: readonly FieldFilter[] = [];
  @state() private find = "";
  /** Fields that somebody opened (true) or closed. */
  @state() private toggled: ReadonlyMap<string, boolean> = new Map();

  override render(): TemplateResult {
    const { fields } = this;
    const needle = this.find.toLowerCase();
    const shown = fields?.fields.filter(({ name }) => name.toLowerCase().includes(needle)) ?? [];
    return html`
      <h2>Fields</h2>
      <input
        type="search"
        placeholder="Find a field"
        aria-label="Find a field"
        .value=${this.find}
        @input=${(event: Event) => {
          this.find = (event.target as HTMLInputElement).value;
        }}
      />
      ${this.error === undefined ? nothing : html`<fd-error-notice .error=${this.error}></fd-error-notice>`}
      ${
        fields === undefined
          ? nothing
          : html`<p class="soft small">
              From ${fields.examined < fields.total ? "the newest " : ""}${formatNumber(fields.examined, 9)} of
              ${formatNumber(fields.total, 9)} lines${fields.searched === undefined ? "" : " found so far"}.
            </p>`
      }
      ${shown.map((field) => this.field(field))}
      ${fields !== undefined && shown.length === 0 && this.find !== "" ? html`<p class="soft small">No such field.</p>` : nothing}
    `;
  }

  private field(field: LogField): TemplateResult {
    const { name, lines } = field;
    const filtered = this.filters.some((filter) => filter.name === name);
    const examined = Math.max(1, this.fields?.examined ?? 1);
    const isOpen = this.toggled.get(name) ?? (OPEN_FIELDS.has(name) || filtered || this.find !== "");
    return html`<details
      ?open=${isOpen}
      @toggle=${(event: Event) => {
        const { open } = event.target as HTMLDetailsElement;
        if (open !== isOpen) this.toggled = new Map(this.toggled).set(name, open);
      }}
    >
      <summary>
        <span class="name data">${breakable(name)}</span>
        <span class="soft small" title="${String(lines)} of the examined lines have it"
          >${formatRatio(lines / examined)}</span
        >
      </summary>
      ${isOpen ? this.values(field) : nothing}
    </details>`;
  }

  private values({ name, lines, values, unique, numbers }: LogField): TemplateResult {
    const examined = this.fields?.examined ?? 0;
    return html`<div class="tools">
        <span class="soft small" title="${String(lines)} of ${String(examined)} examined lines have this field"
          >${uniqueText(unique, values.length, lines === unique)}</span
        >
        ${this.tool("series", name, "chart", `${name} over time`)}
        ${this.tool("column", name, "table", `${name} as a column of the list`)}
      </div>
      ${numbers === undefined ? nothing : distribution(name, numbers)}
      <ul>
        ${(numbers !== undefined && unique > values.length ? [] : values).map(({ value, count }) => this.value(name, value, count, lines))}
      </ul>`;
  }

  private tool(event: "series" | "column", field: string, iconName: string, title: string): TemplateResult {
    return html`<button
      class="quiet"
      aria-label=${title}
      title=${title}
      @click=${() => {
        this.dispatchEvent(new CustomEvent(event, { detail: { field } }));
      }}
    >
      ${icon(iconName, 12)}
    </button>`;
  }

  private value(field: string, value: string, count: number, lines: number): TemplateResult {
    const share = lines === 0 ? 0 : count / lines;
    return html`<li style="--share:${String(share * 100)}%">
      <span class="data value" title=${value}
        ><fd-pivot-menu .subject=${{ field, value }}
          >${value === "" ? "(empty)" : shortened(value, 200)}</fd-pivot-menu
        ></span
      >
      <span class="soft small">${formatRatio(share)}</span>
      ${this.button("include", field, value)}${this.button("exclude", field, value)}
    </li>`;
  }

  private button(what: "include" | "exclude", field: string, value: string): TemplateResult {
    const words = what === "include" ? "Only lines with" : "Without lines with";
    return html`<button
      class="quiet"
      aria-label="${words} ${field} ${value}"
      title="${words} ${field} = ${value}"
      @click=${() => {
        this.dispatchEvent(new CustomEvent(what, { detail: { field, value } }));
      }}
    >
      ${icon(what, 12)}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        /* Its hundreds of parts are painted anew only when one of them changes, not with each change beside them. */
        contain: layout style;
        padding-inline-end: var(--space-2);
      }
      input {
        width: 100%;
        margin-block: var(--space-1);
      }
      details {
        border-block-end: 1px solid var(--line);
      }
      summary {
        display: flex;
        justify-content: space-between;
        gap: var(--space-1);
        padding-block: var(--space-1);
        cursor: pointer;
        list-style: none;
      }
      summary::before {
        content: "▸" / "";
        color: var(--ink-soft);
      }
      details[open] > summary::before {
        content: "▾" / "";
      }
      .name {
        flex: 1;
        overflow-wrap: anywhere;
      }
      ul {
        list-style: none;
        margin: 0 0 var(--space-1);
        padding: 0;
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        min-height: 24px;
        padding-inline-start: var(--space-1);
        background: linear-gradient(90deg, var(--surface-2) var(--share), transparent var(--share));
      }
      .value {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .tools {
        display: flex;
        align-items: center;
        gap: var(--space-1);
      }
      .tools span {
        flex: 1;
      }
      .tools button {
        min-height: 24px;
        min-width: 24px;
        padding: 0;
      }
      svg.bars {
        display: block;
        width: 100%;
        height: 28px;
      }
      svg.bars rect {
        fill: var(--series-11);
      }
      .figures {
        display: flex;
        justify-content: space-between;
        gap: var(--space-1);
        padding-block-end: var(--space-1);
      }
      li button {
        min-height: 24px;
        min-width: 24px;
        padding: 0;
      }
    `,
  ];
}

function uniqueText(unique: number, listed: number, isAllDifferent: boolean): string {
  if (isAllDifferent && unique > listed) return `${formatNumber(unique, 9)} values, no two alike`;
  return unique > listed
    ? `${formatNumber(unique, 9)} values, the top ${String(listed)}`
    : `${String(unique)} ${unique === 1 ? "value" : "values"}`;
}

/** Numbers as a small histogram with its figures. */
function distribution(name: string, { min, p50, p95, max, bars }: NumberSummary): TemplateResult {
  const most = Math.max(1, ...bars);
  const figures = [
    ["min", min],
    ["p50", p50],
    ["p95", p95],
    ["max", max],
  ] as const;
  const words = figures.map(([title, value]) => `${title} ${formatNumber(value)}`);
  return html`<svg
      class="bars"
      viewBox="0 0 ${bars.length} 28"
      preserveAspectRatio="none"
      role="img"
      aria-label="How ${name} spreads: ${words.join(", ")}"
    >
      ${bars.map((count, index) => {
        const height = count === 0 ? 0 : Math.max(1, (count / most) * 28);
        return svg`<rect x=${index + 0.05} width="0.9" y=${28 - height} height=${height}></rect>`;
      })}
    </svg>
    <div class="figures data soft">${words.map((word) => html`<span>${word}</span>`)}</div>`;
}

/** A long name breaks behind its dots and underscores rather than within a word. */
const breakable = (name: string): readonly TemplateResult[] =>
  name.split(/(?<=[._])/).map((part) => html`${part}<wbr />`);

declare global {
  interface HTMLElementTagNameMap {
    "fd-field-sidebar": FieldSidebar;
  }
}
