/** Says why there is nothing here and what to click next: `<fd-empty-state heading="…">text and buttons</fd-empty-state>`. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-empty-state")
export class EmptyState extends LitElement {
  @property() heading = "Nothing here";

  override render(): TemplateResult {
    return html`<h2>${this.heading}</h2>
      <div class="soft"><slot></slot></div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding: var(--space-5) var(--space-4);
        text-align: center;
      }
      div {
        margin-block-start: var(--space-1);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-empty-state": EmptyState;
  }
}
