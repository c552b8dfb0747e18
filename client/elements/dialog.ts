/**
 * A modal dialog around the native one: focus is held and given back, Escape or a click beside it closes. Set `open`; `close` is dispatched
 * when it went away. Content in the default slot, buttons in `slot="actions"`.
 */
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { icon } from "./icons.js";
import { sharedStyles } from "./shared.styles.js";

@customElement("fd-dialog")
export class DialogBox extends LitElement {
  @property({ type: Boolean, reflect: true }) open = false;
  @property() heading = "";
  /** For tables and sheets that want the room. */
  @property({ type: Boolean, reflect: true }) wide = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" closedby="any" @close=${this.closed}>
      <div class="head">
        <h2 id="heading">${this.heading}</h2>
        <button class="quiet" aria-label="Close" @click=${this.hide}>${icon("close")}</button>
      </div>
      <div class="body"><slot></slot></div>
      <footer><slot name="actions"></slot></footer>
    </dialog>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("open")) return;
    if (this.open && !this.dialog.open) this.dialog.showModal();
    if (!this.open && this.dialog.open) this.dialog.close();
  }

  private readonly hide = (): void => {
    this.open = false;
  };

  private readonly closed = (): void => {
    this.open = false;
    this.dispatchEvent(new CustomEvent("close"));
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      dialog {
        color: var(--ink);
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        padding: 0;
        width: min(640px, calc(100vw - 32px));
        max-height: calc(100vh - 64px);
        font-size: var(--text-m);
      }
      :host([wide]) dialog {
        width: min(960px, calc(100vw - 32px));
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 55%);
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
