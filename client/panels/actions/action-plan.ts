/**
 * `<fd-action-plan>`: what an action would touch, how long it takes and whether it can be taken back, before it is done.
 * A destructive one asks for its target's name. Dispatches `apply`, and `put-off` when it is not to be done now.
 */
import { css, html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Action, ActionPlan as Plan, Catalogue } from "../../../server/wire/actions.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { formatDurationUs } from "../../charts/format.js";
import "../../elements/error-notice.js";
import { factListStyles } from "../../elements/fact-list.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { actionTarget, actionTitle, changeTitles } from "./action-text.js";
import { fieldStyles } from "./field.styles.js";

@customElement("fd-action-plan")
export class ActionPlanPane extends LitElement {
  @property({ attribute: false }) action!: Action;
  @property({ attribute: false }) plan!: Plan;
  @property({ attribute: false }) catalogue!: Catalogue;
  @property({ attribute: false }) changes: readonly ChangeRecord[] = [];
  /** The world lets one act now. */
  @property({ type: Boolean }) ready = false;
  /** The order is on its way. */
  @property({ type: Boolean }) applying = false;
  /** Why the last order was refused. */
  @property({ attribute: false }) failure: ApiError | undefined;
  @state() private typedTarget = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("action")) this.typedTarget = "";
  }

  override render(): TemplateResult {
    const { action, plan } = this;
    const target = actionTarget(action);
    const confirmed = !plan.destructive || this.typedTarget === target;
    return html`
      <section class="plan" aria-label="Plan" aria-live="polite">
        <h3>${actionTitle(action, changeTitles(this.changes))}</h3>
        <p>${plan.summary}</p>
        ${this.renderFacts()} ${plan.destructive ? this.renderConfirmation(target) : nothing}
        ${this.failure ? html`<fd-error-notice .error=${this.failure}></fd-error-notice>` : nothing}
        <div class="row">
          <button
            type="button"
            class=${plan.destructive ? "danger" : "primary"}
            ?disabled=${!confirmed || !this.ready || this.applying}
            @click=${() => {
              this.dispatchEvent(new Event("apply"));
            }}
          >
            ${this.applying ? "Applying …" : "Apply"}
          </button>
          <button
            type="button"
            class="quiet"
            @click=${() => {
              this.dispatchEvent(new Event("put-off"));
            }}
          >
            Not now
          </button>
        </div>
      </section>
    `;
  }

  private renderFacts(): TemplateResult {
    const { plan } = this;
    return html`<dl>
      <dt>Touches</dt>
      <dd>${plan.touches.map((name) => html`<span class="tag data">${this.titleOf(name)}</span> `)}</dd>
      <dt>Takes</dt>
      <dd>${plan.durationUs === 0 ? "effect at once" : formatDurationUs(plan.durationUs)}</dd>
      <dt>Side effects</dt>
      <dd>
        ${
          plan.sideEffects.length === 0
            ? "None known."
            : html`<ul>
                ${plan.sideEffects.map((text) => html`<li>${text}</li>`)}
              </ul>`
        }
      </dd>
      <dt>Undo</dt>
      <dd>
        ${plan.undo === undefined ? "None: this cannot be taken back." : actionTitle(plan.undo, changeTitles(this.changes))}
      </dd>
      <dt>Watch</dt>
      <dd>
        ${plan.watchTitle} <code class="soft">${plan.watchQuery}</code>
        ${
          plan.watchAlso === undefined
            ? nothing
            : html`<div>${plan.watchAlso.title} <code class="soft">${plan.watchAlso.query}</code></div>`
        }
      </dd>
    </dl>`;
  }

  private renderConfirmation(target: string): TemplateResult {
    return html`<div class="field">
      <label for="confirm">Type <code class="typed">${target}</code> to confirm</label>
      <input
        id="confirm"
        autocomplete="off"
        spellcheck="false"
        .value=${live(this.typedTarget)}
        @input=${(event: InputEvent) => {
          this.typedTarget = (event.target as HTMLInputElement).value.trim();
        }}
      />
    </div>`;
  }

  private titleOf(name: string): string {
    return this.catalogue.components.find(({ id }) => id === name)?.title ?? name;
  }

  static override styles = [
    sharedStyles,
    factListStyles,
    fieldStyles,
    css`
      :host {
        display: block;
      }
      .typed {
        white-space: nowrap;
      }
      .plan {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
        border-top: 1px solid var(--line);
        padding-top: var(--space-3);
      }
      ul {
        margin: 0;
        padding-inline-start: var(--space-4);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-action-plan": ActionPlanPane;
  }
}
