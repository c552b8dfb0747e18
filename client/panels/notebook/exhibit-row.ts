/** One exhibit: its title leads back to the live view, below it what was pinned, and a note. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Exhibit } from "../../../server/wire/run.js";
import { formatClock } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { viewById } from "../registry.js";
import "./frozen-content.js";
import { contentSummary, referenceHref } from "./notebook-model.js";

/** Dispatches `exhibit-noted` {id, note} and `exhibit-removed` {id}. */
@customElement("fd-exhibit-row")
export class ExhibitRow extends LitElement {
  @property({ attribute: false }) exhibit!: Exhibit;
  @property() runId = "";
  /** Its number in the notebook, from 1. */
  @property({ type: Number }) number = 1;
  @property({ type: Boolean }) expanded = false;
  @property({ type: Boolean }) readonly = false;

  override render(): TemplateResult {
    const { exhibit } = this;
    const { fromUs, toUs } = exhibit.reference.window;
    const view = viewById(exhibit.reference.view)?.title ?? exhibit.reference.view;
    return html`
      <div class="head">
        <span class="soft data">${this.number}</span>
        <a href=${referenceHref(this.runId, exhibit.reference)} title="Show the live view as it was"
          >${exhibit.title}</a
        >
        <button
          type="button"
          class="quiet"
          title="Take it out of the notebook"
          aria-label=${`Remove exhibit ${String(this.number)}`}
          ?disabled=${this.readonly}
          @click=${() => {
            this.emit("exhibit-removed", { id: exhibit.id });
          }}
        >
          ${icon("close", 12)}
        </button>
      </div>
      <p class="soft small">
        ${view}, ${formatClock(fromUs)}–${formatClock(toUs)} · pinned ${formatClock(exhibit.pinnedAtUs)}
      </p>
      <details
        ?open=${this.expanded}
        @toggle=${(event: Event) => {
          this.expanded = (event.target as HTMLDetailsElement).open;
        }}
      >
        <summary>As it was: ${contentSummary(exhibit.frozen)}</summary>
        ${
          this.expanded
            ? html`<fd-frozen-content
                .content=${exhibit.frozen}
                .window=${exhibit.reference.window}
                .caption=${exhibit.title}
              ></fd-frozen-content>`
            : ""
        }
      </details>
      <input
        aria-label=${`Note on exhibit ${String(this.number)}`}
        placeholder="What does it show?"
        maxlength="2000"
        ?disabled=${this.readonly}
        .value=${live(exhibit.note)}
        @change=${(event: Event) => {
          this.emit("exhibit-noted", { id: exhibit.id, note: (event.target as HTMLInputElement).value });
        }}
      />
    `;
  }

  private emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
        padding: var(--space-2) 0;
        border-bottom: 1px solid var(--line);
        min-width: 0;
      }
      .head {
        display: flex;
        align-items: baseline;
        gap: var(--space-2);
      }
      .head a {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      summary {
        cursor: pointer;
        font-size: var(--text-s);
        color: var(--ink-soft);
      }
      fd-frozen-content {
        padding-block: var(--space-1);
      }
      input {
        width: 100%;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-exhibit-row": ExhibitRow;
  }
}
