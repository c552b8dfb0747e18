/** What failed, where in the input, and what to do about it. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Diagnostic } from "../../server/base/diagnostic.js";
import type { ApiError } from "../../server/wire/errors.js";
import { icon } from "./icons.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-error-notice")
export class ErrorNotice extends LitElement {
  @property({ attribute: false }) error: ApiError | undefined;

  override render(): TemplateResult | typeof nothing {
    const { error } = this;
    if (error === undefined) return nothing;
    // The page says once, above all views, that the server is away, and what to do.
    if (error.code === "unavailable")
      return html`<p class="small soft away" title=${error.remedy ?? ""}>${icon("warning", 12)} ${error.message}</p>`;
    return html`<div role="alert">
      <span class="critical">${icon("critical")}</span>
      <div class="stack">
        ${saysTheSame(error) ? nothing : html`<p>${error.message}</p>`}
        ${error.remedy === undefined ? nothing : html`<p class="soft">${error.remedy}</p>`}
        ${
          error.diagnostics === undefined || error.diagnostics.length === 0
            ? nothing
            : html`<ul>
                ${error.diagnostics.map((diagnostic) => diagnosticItem(diagnostic))}
              </ul>`
        }
      </div>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      div[role="alert"] {
        display: flex;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-3);
        border-inline-start: 3px solid var(--severity-critical);
        background: var(--severity-critical-soft);
        overflow-wrap: anywhere;
      }
      .stack {
        gap: var(--space-1);
      }
      ul {
        margin: 0;
        padding-inline-start: var(--space-4);
      }
    `,
  ];
}

/** Whether the message only repeats the first finding, as Prometheus's sentence about a query does. */
const saysTheSame = ({ message, diagnostics = [] }: ApiError): boolean => {
  const [first] = diagnostics;
  return first !== undefined && message.endsWith(first.message);
};

function diagnosticItem(diagnostic: Diagnostic): TemplateResult {
  const place = `${diagnostic.file === undefined ? "" : `${diagnostic.file}:`}${String(diagnostic.line)}:${String(diagnostic.column)}`;
  return html`<li>
    <code>${place}</code> ${diagnostic.path === undefined ? nothing : html`<code>${diagnostic.path}</code> `}
    ${diagnostic.message}
    ${diagnostic.expected === undefined ? nothing : html`<span class="soft"> Expected: ${diagnostic.expected}.</span>`}
    ${diagnostic.hint === undefined ? nothing : html`<span class="soft"> ${diagnostic.hint}</span>`}
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-error-notice": ErrorNotice;
  }
}
