/**
 * `<fd-logql-findings>`: what is wrong with a query that was run; the editor underlines the place. The `fix` {query} that is
 * chosen comes through it.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { LogqlReading } from "../../../server/wire/logs.js";
import "../../elements/query-error.js";

@customElement("fd-logql-findings")
export class LogqlFindings extends LitElement {
  @property() query = "";
  @property({ attribute: false }) reading: LogqlReading | undefined;
  /** Why the query could not be read at all. */
  @property({ attribute: false }) error: ApiError | undefined;

  override render(): TemplateResult | typeof nothing {
    const { reading, error } = this;
    if (error !== undefined) return html`<fd-query-error .error=${error}></fd-query-error>`;
    if (reading?.kind !== "error") return nothing;
    return html`<fd-query-error
      language="LogQL"
      .query=${this.query}
      .findings=${reading.diagnostics.map(({ fixes = [], ...finding }) => ({
        ...finding,
        cures: fixes.map(({ title, from, to, text }) => ({ title, edits: [{ from, to, text }] })),
      }))}
    ></fd-query-error>`;
  }

  static override styles = css`
    :host {
      display: contents;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-logql-findings": LogqlFindings;
  }
}
