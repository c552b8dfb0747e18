/** `<fd-rollback-plan>`: what taking a change back would do now, before anybody decides to; applying is for the actions. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ActionPlan } from "../../../server/wire/actions.js";
import { formatDurationUs } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { factListStyles } from "../../elements/fact-list.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { actionUrlValues } from "../actions/action-text.js";

@customElement("fd-rollback-plan")
export class RollbackPlan extends LitElement {
  /** Id of the change. */
  @property() change = "";
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;

  private readonly plan = new QueryController<ActionPlan>(this, {
    key: () => (this.run === undefined ? undefined : [this.change, this.run.store.snapshot.actions.length]),
    run: (signal) => {
      const { run } = this;
      if (run === undefined) throw new Error("asked without a run");
      return run.queries.plan({ kind: "rollback", change: this.change }, signal);
    },
  });

  override render(): TemplateResult {
    const { error, value } = this.plan;
    if (error !== undefined) return html`<p>${error.message} <span class="soft">${error.remedy ?? ""}</span></p>`;
    if (value === undefined) return html`<p class="soft">Asking for the plan …</p>`;
    return html`<dl>
        <dt>Does</dt>
        <dd>${value.summary}</dd>
        <dt>Takes</dt>
        <dd>${formatDurationUs(value.durationUs)}</dd>
        <dt>Touches</dt>
        <dd>${value.touches.length === 0 ? "nothing else" : value.touches.join(", ")}</dd>
        ${
          value.sideEffects.length === 0
            ? nothing
            : html`<dt>Mind</dt>
                <dd>${value.sideEffects.join(" ")}</dd>`
        }
        <dt>Undo</dt>
        <dd>${value.undo === undefined ? "cannot be taken back" : "can be taken back"}</dd>
      </dl>
      ${
        this.url === undefined
          ? nothing
          : html`<a href=${this.url.href("actions", actionUrlValues({ kind: "rollback", change: this.change }))}
              >Roll back in the actions</a
            >`
      }`;
  }

  static override styles = [
    sharedStyles,
    factListStyles,
    css`
      dl {
        gap: 2px var(--space-4);
        margin-block-end: var(--space-2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-rollback-plan": RollbackPlan;
  }
}
