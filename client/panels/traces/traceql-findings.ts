/** `<fd-traceql-findings>`: what is wrong with a query; a fix that is chosen goes into the address. */
import { consume } from "@lit/context";
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { QueryWrong } from "../../../server/wire/traces.js";
import "../../elements/query-error.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { valuesOfQuery } from "./traces-query.js";

@customElement("fd-traceql-findings")
export class TraceqlFindings extends LitElement {
  @property() query = "";
  @property({ attribute: false }) findings: QueryWrong["findings"] = [];
  @consume({ context: urlContext }) private readonly url!: UrlState;

  override render(): TemplateResult {
    return html`<fd-query-error
      language="TraceQL"
      .query=${this.query}
      .findings=${this.findings.map(({ fix, ...finding }) => ({
        ...finding,
        cures:
          fix === undefined ? [] : [{ title: fix.title, edits: [{ from: fix.from, to: fix.to, text: fix.insert }] }],
      }))}
      @fix=${(event: CustomEvent<{ readonly query: string }>) => {
        this.url.set(valuesOfQuery(event.detail.query));
      }}
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
    "fd-traceql-findings": TraceqlFindings;
  }
}
