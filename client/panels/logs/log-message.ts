/** `<fd-log-message>`: the text of an opened line: cut with its size where it is long, and as JSON where it is some. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { beginningOf, withMarksShown } from "../../charts/readable-text.js";
import { blocksOf, MESSAGE_SHOWN, prettyJson, sizeOf } from "./line-text.js";

/** Dispatches `whole-wanted` when the rest is with the server. */
@customElement("fd-log-message")
export class LogMessage extends LitElement {
  @property() text = "";
  /** Characters of the whole, where `text` is only its beginning. */
  @property({ attribute: false }) characters: number | undefined;
  @state() private all = false;
  @state() private pretty = false;

  override render(): TemplateResult {
    const whole = Math.max(this.characters ?? 0, this.text.length);
    const isCut = !this.all && whole > MESSAGE_SHOWN;
    const json = whole <= MESSAGE_SHOWN || this.all ? prettyJson(this.text) : undefined;
    const shown = isCut ? beginningOf(this.text, MESSAGE_SHOWN) : this.pretty && json !== undefined ? json : this.text;
    return html`<div
        class="data message ${whole > MESSAGE_SHOWN ? "long" : ""}"
        tabindex=${whole > MESSAGE_SHOWN ? 0 : -1}
      >
        ${blocksOf(shown).map((block) => html`<div dir="auto">${withMarksShown(block)}</div>`)}
      </div>
      ${
        isCut
          ? html`<button
              class="link"
              @click=${() => {
                this.all = true;
                if (whole > this.text.length) this.dispatchEvent(new CustomEvent("whole-wanted"));
              }}
            >
              Show all, ${sizeOf(whole)}
            </button>`
          : nothing
      }
      ${
        json === undefined
          ? nothing
          : html`<button
              class="link"
              aria-pressed=${this.pretty ? "true" : "false"}
              @click=${() => {
                this.pretty = !this.pretty;
              }}
            >
              ${this.pretty ? "As it was written" : "Indent the JSON"}
            </button>`
      }`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        padding-block-end: var(--space-1);
      }
      .message > div {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
        text-align: left;
      }
      .long {
        max-height: 50vh;
        overflow: auto;
      }
      .long > div {
        content-visibility: auto;
        contain-intrinsic-size: auto 1200px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-message": LogMessage;
  }
}
