/**
 * What is wrong with a query, or hardly meant, below its editor: place, message, what was expected, and a button that
 * mends it. Dispatches `fix` {query}: the text after it.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic } from "../../../server/base/diagnostic.js";
import type { ApiError } from "../../../server/wire/errors.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { MetricEntry } from "./metric-list.js";
import { applyFix, fixOf } from "./query-fixes.js";
import type { QueryFix } from "./query-fixes.js";
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
    return html`${
      error === undefined
        ? nothing
        : diagnostics.length === 0
          ? html`<fd-error-notice .error=${error}></fd-error-notice>`
          : html`<ul class="errors" role="alert">
              ${diagnostics.map((diagnostic) => this.finding(diagnostic))}
            </ul>`
    }
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

  private finding(diagnostic: Diagnostic): TemplateResult {
    const { line, column, message, expected, hint } = diagnostic;
    const fix = fixOf(diagnostic, this.query);
    return html`<li>
      <span class="critical">${icon("critical", 14)}</span>
      <span
        ><code>${line}:${column}</code> ${message}.${
          // The message names what was expected in most places already.
          expected === undefined || message.includes("expected") ? nothing : html` Expected: ${expected}.`
        }${hint === undefined || fix !== undefined ? nothing : html` <span class="soft">${hint}</span>`}</span
      >
      ${this.fixButton(fix)}
    </li>`;
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
      ul.errors {
        border-color: var(--severity-critical);
        background: var(--severity-critical-soft);
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

declare global {
  interface HTMLElementTagNameMap {
    "fd-query-findings": QueryFindings;
  }
}
