/** The notebook as a view of its own, with room for what was pinned. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import "./notebook.js";

@customElement("fd-view-notebook")
export class NotebookView extends LitElement {
  override render(): TemplateResult {
    return html`<fd-notebook wide></fd-notebook>`;
  }

  static override styles = css`
    :host {
      display: block;
      height: 100%;
      overflow: auto;
      container-type: inline-size;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-notebook": NotebookView;
  }
}
