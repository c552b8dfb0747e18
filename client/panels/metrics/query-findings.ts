/**
 * What is wrong with a query, or hardly meant, below its editor: place, message, what was expected, and a button that
 * mends it. Dispatches `fix` {query}: the text after it.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic } from "../../../server/base/diagnostic.js";
import type { ApiError } from "../../../server/wire/errors.js";
import { icon } from "../../elements/icons.js";
import "../../elements/query-error.js";
import { applyFix } from "../../elements/query-fix.js";
import type { QueryFix } from "../../elements/query-fix.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { MetricEntry } from "./metric-list.js";
import { fixOf } from "./query-fixes.js";
import { remarksOn } from "./query-lint.js";

@customElement("fd-query-findings")
export class QueryFindings extends LitElement {
  @property() query = "";
  @property({ attribute: false }) error: ApiError | undefined;
  @property({ attribute: false }) metrics: readonly MetricEntry[] = [];

  override render(): TemplateResult {
    const { error } = this;
    const diagnostics = error?.diagnostics ?? [];
    const remarks = error === undefined ? remarksOn(this.query, this.metrics) : [];
    return html`<fd-query-error
        language="PromQL"
        .query=${this.query}
        .error=${error}
        .findings=${diagnostics.map((diagnostic) => ({ ...diagnostic, cures: curesOf(diagnostic, this.query) }))}
      ></fd-query-error>
      ${
        remarks.length === 0
          ? nothing
          : html`<ul class="remarks small">
              ${remarks.map(
                ({ message, fix }) => html`<li>${icon("help", 13)}<span>${message}</span>${this.fixButton(fix)}</li>`,
              )}
            </ul>`
      }`;
  }

  private fixButton(fix: QueryFix | undefined): TemplateResult | typeof nothing {
    if (fix === undefined) return nothing;
    return html`<button
      @click=${() => {
        const query = applyFix(this.query, fix);
        this.dispatchEvent(new CustomEvent("fix", { detail: { query }, bubbles: true, composed: true }));
      }}
    >
      ${fix.title}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        margin: var(--space-1) 0 0;
        padding: var(--space-1) var(--space-3);
        display: grid;
        gap: var(--space-1);
        border-inline-start: 3px solid var(--line-strong);
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        flex-wrap: wrap;
        overflow-wrap: anywhere;
      }
      li > span:nth-child(2) {
        flex: 0 1 auto;
        min-width: 0;
      }
      .remarks {
        color: var(--ink-soft);
      }
      button {
        min-height: 24px;
      }
    `,
  ];
}

function curesOf(diagnostic: Diagnostic, query: string): readonly QueryFix[] {
  const fix = fixOf(diagnostic, query);
  return fix === undefined ? [] : [fix];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-query-findings": QueryFindings;
  }
}
