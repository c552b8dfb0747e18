/**
 * A modal dialog: focus is held and given back, Escape or a click beside it closes. Set `open`; `close` is dispatched when
 * it went away. Content in the default slot, buttons in `slot="actions"`.
 */
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { ModalController } from "../controllers/modal-controller.js";
import { icon } from "./icons.js";
import { modalLayerStyles } from "./modal-layer.styles.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-dialog")
export class DialogBox extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false;
  @property() heading = "";
  /** For tables and sheets that want the room. */
  @property({ type: Boolean, reflect: true }) wide = false;
  private readonly modal = new ModalController(this, {
    layer: () => this.renderRoot.querySelector<HTMLElement>(".layer"),
    dismissed: () => this.dismiss(),
  });

  override render(): TemplateResult {
    return html`<div class="layer" popover="manual">
      <div class="box" role="dialog" aria-modal="true" aria-labelledby="heading" tabindex="-1">
        <div class="head">
          <h2 id="heading">${this.heading}</h2>
          <button class="quiet" aria-label="Close" @click=${this.dismiss}>${icon("close")}</button>
        </div>
        <div class="body"><slot></slot></div>
        <footer><slot name="actions"></slot></footer>
      </div>
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("open")) return;
    if (this.open) this.modal.show();
    if (this.open || !this.modal.isShown) return;
    this.modal.hide();
    this.dispatchEvent(new CustomEvent("close"));
  }

  private dismiss(): void {
    this.open = false;
  }

  static override styles = [
    sharedStyles,
    modalLayerStyles,
    css`
      :host {
        display: contents;
      }
      .box {
        width: min(640px, calc(100vw - 32px));
        max-height: calc(100vh - 64px);
        margin-block: auto;
        overflow: auto;
      }
      :host([wide]) .box {
        width: min(960px, calc(100vw - 32px));
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
        border-block-end: 1px solid var(--line);
      }
      .body {
        padding: var(--space-4);
      }
      footer {
        display: flex;
        justify-content: flex-end;
        gap: var(--space-2);
        padding: 0 var(--space-4);
      }
      footer ::slotted(*) {
        margin-block-end: var(--space-4);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-dialog": DialogBox;
  }
}
