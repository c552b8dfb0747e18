/** `<fd-exhibit-picker>`: which of the pinned exhibits go with the diagnosis. Dispatches `exhibit-toggle` {id}. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Exhibit } from "../../../server/wire/run.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { contentSummary } from "../notebook/notebook-model.js";
import { EXHIBITS_MAX } from "./submission-draft.js";

@customElement("fd-exhibit-picker")
export class ExhibitPicker extends LitElement {
  @property({ attribute: false }) exhibits: readonly Exhibit[] = [];
  /** Ids of those that are taken. */
  @property({ attribute: false }) taken: readonly string[] = [];

  override render(): TemplateResult {
    if (this.exhibits.length === 0)
      return html`<p class="soft">
        Nothing is pinned. An answer without exhibits can be sent; it only convinces less.
      </p>`;
    return html`${this.exhibits.map((exhibit) => this.row(exhibit, this.taken.includes(exhibit.id)))}`;
  }

  private row({ id, title, frozen, note }: Exhibit, isTaken: boolean): TemplateResult {
    const full = this.taken.length >= EXHIBITS_MAX;
    return html`<label>
      <input
        type="checkbox"
        .checked=${live(isTaken)}
        ?disabled=${full && !isTaken}
        @change=${() => {
          this.dispatchEvent(new CustomEvent("exhibit-toggle", { detail: { id } }));
        }}
      />
      <span>${title} <span class="soft small">${contentSummary(frozen)}${note === "" ? "" : ` · ${note}`}</span></span>
    </label>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      label {
        display: grid;
        grid-template-columns: 16px 1fr;
        gap: var(--space-2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-exhibit-picker": ExhibitPicker;
  }
}
