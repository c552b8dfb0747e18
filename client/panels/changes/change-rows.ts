/** `<fd-change-rows>`: changes as rows, newest first; the chosen one stands in the address. Arrows walk, each leads on. */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { formatAgo, formatClock } from "../../charts/format.js";
import { elementMarks, PivotController } from "../../controllers/pivot-controller.js";
import { icon } from "../../elements/icons.js";
import type { PivotSubject } from "../../elements/pivots.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { CHANGE_KIND_WORDS, CHANGE_STATE_WORDS } from "./change-list.js";
import { KIND_ICONS } from "./kind-icons.js";

@customElement("fd-change-rows")
export class ChangeRows extends LitElement {
  @property({ attribute: false }) changes: readonly ChangeRecord[] = [];
  /** Id of the chosen one. */
  @property({ attribute: false }) chosen: string | undefined;
  @property({ type: Number }) nowUs = 0;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  constructor() {
    super();
    new PivotController(
      this,
      elementMarks(this, "[data-change]", (element) => this.subjectOf(element)),
    );
  }

  /** A row leads on like any other value, besides being chosen by a click. */
  private readonly subjectOf = ({ dataset }: HTMLElement | SVGElement): PivotSubject | undefined => {
    const change = this.changes.find(({ id }) => id === dataset["change"]);
    if (change === undefined) return undefined;
    return { field: "change", value: change.id, service: change.target, atUs: change.atUs };
  };

  override render(): TemplateResult {
    return html`<ul @keydown=${this.onKey}>
      ${this.changes.map((change) => this.row(change, change.id === this.chosen))}
    </ul>`;
  }

  private row(change: ChangeRecord, isChosen: boolean): TemplateResult {
    return html`
      <li>
        <button
          type="button"
          class="change ${isChosen ? "chosen" : ""}"
          data-change=${change.id}
          aria-current=${isChosen ? "true" : "false"}
          @click=${() => {
            this.url.set({ change: change.id });
          }}
        >
          <span class="mark" title=${CHANGE_KIND_WORDS[change.kind]}
            >${icon(KIND_ICONS[change.kind], 14)}<span class="visually-hidden"
              >${CHANGE_KIND_WORDS[change.kind]}</span
            ></span
          >
          <span class="when">
            <span class="data">${formatClock(change.atUs)}</span>
            <span class="soft small">${formatAgo(change.atUs, this.nowUs)}</span>
          </span>
          <span class="what">
            <span class="title">${change.title}</span>
            <span class="soft small">${change.target} · ${change.author}</span>
          </span>
          ${
            // Most changes are live: only the others say what they are.
            change.state === "live"
              ? nothing
              : html`<span class="tag ${change.state}">${CHANGE_STATE_WORDS[change.state]}</span>`
          }
        </button>
      </li>
    `;
  }

  /** Arrows walk the list; Enter and space are the button's own. */
  private readonly onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const rows = [...this.renderRoot.querySelectorAll<HTMLButtonElement>("button.change")];
    const next = rows[rows.indexOf(event.target as HTMLButtonElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
    next.click();
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      button.change {
        width: 100%;
        display: grid;
        grid-template-columns: 20px 92px 1fr auto;
        gap: var(--space-2);
        align-items: center;
        justify-content: start;
        text-align: start;
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
        background: none;
        padding: var(--space-2) var(--space-3);
        white-space: normal;
      }
      button.change.chosen {
        background: var(--accent-soft);
        box-shadow: inset 3px 0 var(--accent);
      }
      button.change:focus-visible {
        outline-offset: -2px;
      }
      .when,
      .what {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      .title {
        overflow-wrap: anywhere;
      }
      .mark {
        color: var(--ink-soft);
        text-align: center;
      }
      .rolled-back {
        color: var(--ink-soft);
      }
      .rolling-out {
        border-color: var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-change-rows": ChangeRows;
  }
}
