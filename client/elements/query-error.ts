/**
 * What is wrong with a query, the same for every language: the line with its place marked, what was expected, cures to
 * apply by a click or, the first of them, by Ctrl and the full stop; a limit with its name and figures. Dispatches `fix`
 * {query}: the text after it.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ApiError } from "../../server/wire/errors.js";
import { formatCount } from "../charts/format.js";
import "./error-notice.js";
import { icon } from "./icons.js";
import { applyFix, limitOf, markedLine } from "./query-fix.js";
import type { MetLimit, QueryFix, ShownFinding } from "./query-fix.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-query-error")
export class QueryError extends LitElement {
  @property() query = "";
  /** Of the language: `PromQL`. */
  @property() language = "";
  @property({ attribute: false }) findings: readonly ShownFinding[] = [];
  /** Why there was no answer, where the text itself is not wrong. */
  @property({ attribute: false }) error: ApiError | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("fd-command", this.commanded);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("fd-command", this.commanded);
  }

  override render(): TemplateResult | typeof nothing {
    const { error, findings } = this;
    if (findings.length > 0)
      return html`<div class="box" role="alert">
        ${findings.map((finding, index) => this.finding(finding, index === 0))}
        <p class="small soft">${this.noteButton()}</p>
      </div>`;
    if (error === undefined) return nothing;
    const limit = limitOf(error);
    return limit === undefined ? html`<fd-error-notice .error=${error}></fd-error-notice>` : this.limit(limit, error);
  }

  private finding(finding: ShownFinding, isFirst: boolean): TemplateResult {
    const { line, column, message, expected, hint, cures } = finding;
    const { before, marked, after } = markedLine(this.query, finding);
    return html`<section>
      <p>
        <span class="critical">${icon("critical", 14)}</span>
        <span
          ><code>${line}:${column}</code> ${message}${/[.!?]$/.test(message) ? "" : "."}${
            // The message names what was expected in most places already.
            expected === undefined || message.includes("expected") ? nothing : html` Expected: ${expected}.`
          }${hint === undefined || cures.length > 0 ? nothing : html` <span class="soft">${hint}</span>`}</span
        >
      </p>
      ${this.query === "" ? nothing : html`<pre><code>${before}<mark>${marked}</mark>${after}</code></pre>`}
      ${
        cures.length === 0
          ? nothing
          : html`<div class="row" role="group" aria-label="Ways to mend it">
              ${cures.map(
                (fix, index) =>
                  html`<button
                    @click=${() => {
                      this.apply(fix);
                    }}
                  >
                    ${icon("check", 12)}
                    ${fix.title}${isFirst && index === 0 ? html` <kbd class="soft">Ctrl .</kbd>` : nothing}
                  </button>`,
              )}
            </div>`
      }
    </section>`;
  }

  private limit({ name, allowed, reached, cheaper }: MetLimit, { remedy }: ApiError): TemplateResult {
    return html`<div class="box" role="alert">
      <p>
        <span class="critical">${icon("critical", 14)}</span>
        <span
          ><strong>The query met the limit of ${name}</strong>: allowed
          <span class="data">${formatCount(allowed)}</span
          >${reached === undefined ? nothing : html`, reached <span class="data">${formatCount(reached)}</span>`}.</span
        >
      </p>
      <p class="soft">${remedy ?? ""} ${cheaper}</p>
    </div>`;
  }

  private noteButton(): TemplateResult {
    return html`<button
      class="link"
      @click=${() => {
        const detail = { id: "notes.open" };
        this.dispatchEvent(new CustomEvent("fd-command", { detail, bubbles: true, composed: true }));
      }}
    >
      ${icon("help", 12)} Field note${this.language === "" ? "" : `: reading with ${this.language}`}
    </button>`;
  }

  private apply(fix: QueryFix): void {
    const query = applyFix(this.query, fix);
    this.dispatchEvent(new CustomEvent("fix", { detail: { query }, bubbles: true, composed: true }));
  }

  private readonly commanded = (event: Event): void => {
    const { id } = (event as CustomEvent<{ readonly id: string }>).detail;
    const cure = this.findings[0]?.cures[0];
    if (id === "query.fix" && cure !== undefined) this.apply(cure);
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .box {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-3);
        border-inline-start: 3px solid var(--severity-critical);
        background: var(--severity-critical-soft);
      }
      section {
        display: grid;
        gap: var(--space-1);
      }
      p {
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
        overflow-wrap: anywhere;
      }
      pre {
        margin: 0;
        overflow: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      mark {
        color: inherit;
        background: none;
        text-decoration: underline wavy var(--severity-critical);
        text-underline-offset: 3px;
        text-decoration-skip-ink: none;
      }
      kbd {
        font-family: var(--font-data);
        font-size: var(--text-s);
      }
      .row button {
        min-height: 24px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-query-error": QueryError;
  }
}
