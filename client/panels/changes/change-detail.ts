/** `<fd-change-detail>`: one change in full: who, what, when and how far, its diff, what came after it, and the way back. */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { formatDateTime, formatDurationUs } from "../../charts/format.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/diff.js";
import "../../elements/pin-button.js";
import { pivotValue, serviceValue } from "../../elements/pivot-value.js";
import { factListStyles } from "../../elements/fact-list.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { versionsCompare } from "../../state/compare-url.js";
import { timeContext, urlContext } from "../../state/contexts.js";
import type { TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./change-effect.js";
import { CHANGE_KIND_WORDS, CHANGE_STATE_WORDS, rolloutUs, windowAround } from "./change-list.js";
import { kindOfTarget, scopeOf } from "./change-scope.js";
import { changeExhibit } from "./changes-export.js";
import "./rollback-plan.js";

@customElement("fd-change-detail")
export class ChangeDetail extends LitElement {
  @property({ attribute: false }) change!: ChangeRecord;
  /** All of the history, for what else happened around it. */
  @property({ attribute: false }) changes: readonly ChangeRecord[] = [];
  @property({ attribute: false }) catalogue: Catalogue | undefined;
  @property({ type: Number }) nowUs = 0;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  constructor() {
    super();
    // Links take the time range along.
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const { change } = this;
    return html`
      <header class="row head">
        <h2>${change.title}</h2>
        <fd-pin-button label="Pin change" .exhibit=${() => changeExhibit(change)}></fd-pin-button>
      </header>
      ${this.renderFacts()}
      ${change.description === "" ? nothing : html`<p class="description">${change.description}</p>`}
      ${
        change.diff === ""
          ? html`<p class="soft">This change came without a diff.</p>`
          : html`<fd-diff .text=${change.diff}></fd-diff>`
      }
      <section aria-labelledby="effect">
        <h3 id="effect">Around it: five minutes before, and after it was everywhere</h3>
        <fd-change-effect
          .change=${change}
          .kind=${kindOfTarget(this.catalogue, change.target)}
          .changes=${this.changes}
        ></fd-change-effect>
      </section>
      <nav class="row ways" aria-label="From here">${this.renderWays()}</nav>
      <section aria-labelledby="plan">
        <h3 id="plan">Taking it back</h3>
        ${this.renderPlan()}
      </section>
    `;
  }

  private renderFacts(): TemplateResult {
    const { change } = this;
    const place = { service: change.target, atUs: change.atUs };
    const rollout = rolloutUs(change);
    const scope = scopeOf(this.catalogue, change);
    return html`<dl>
      <dt>What</dt>
      <dd>${CHANGE_KIND_WORDS[change.kind]} of ${serviceValue(change.target, { atUs: change.atUs })}</dd>
      <dt>Who</dt>
      <dd>${change.author}</dd>
      <dt>When</dt>
      <dd class="data">${pivotValue("time", `${formatDateTime(change.atUs)} UTC`, place)}</dd>
      ${this.renderVersions()}
      <dt>State</dt>
      <dd>
        ${CHANGE_STATE_WORDS[change.state]}${rollout === undefined ? "" : `, everywhere after ${formatDurationUs(rollout)}`}
      </dd>
      ${
        scope.length === 0
          ? nothing
          : html`<dt>Scope</dt>
              <dd>${scope.map((clause) => html`<div>${clause}</div>`)}</dd>`
      }
      <dt>Id</dt>
      <dd class="data">${pivotValue("change", change.id, place)}</dd>
    </dl>`;
  }

  private renderVersions(): TemplateResult | typeof nothing {
    const { target, versionFrom, versionTo } = this.change;
    if (versionTo === undefined) return nothing;
    return html`<dt>Version</dt>
      <dd class="data">
        ${versionFrom === undefined ? "–" : pivotValue("version", versionFrom, { service: target })} →
        ${pivotValue("version", versionTo, { service: target })}
      </dd>`;
  }

  private renderPlan(): TemplateResult {
    const { change } = this;
    if (change.state === "rolled-back") return html`<p class="soft">Rolled back already.</p>`;
    if (!change.canRollBack)
      return html`<p class="soft">It cannot be rolled back: look for an action that undoes it.</p>`;
    return html`<fd-rollback-plan change=${change.id}></fd-rollback-plan>`;
  }

  private renderWays(): TemplateResult {
    const { target, atUs, versionFrom, versionTo } = this.change;
    const { fromUs, toUs } = windowAround(this.change, this.nowUs);
    const around = { from: String(fromUs), to: String(toUs) };
    return html`
      <a href=${this.url.href("dashboards", { ...around, service: target })}>Metrics around it (±15 min)</a>
      <a href=${this.url.href("logs", { ...around, services: target })}>Logs</a>
      <a href=${this.url.href("traces", { ...around, service: target })}>Traces</a>
      <a href=${this.url.href("map", { ...around, node: target, vs: String(atUs) })}>Map before and after</a>
      <button
        type="button"
        @click=${() => {
          this.time.setWindow({ fromUs, toUs });
        }}
      >
        Set the time range to it
      </button>
      ${
        versionTo === undefined || versionFrom === undefined
          ? nothing
          : html`<a
                href=${this.url.href("profiles", {
                  service: target,
                  version: versionTo,
                  base: `v:${versionFrom}`,
                  type: "wall",
                })}
                >Profiles of ${versionTo} against ${versionFrom}</a
              >
              <a href=${this.url.href("compare", versionsCompare(target, versionFrom, versionTo))}
                >Requests of ${versionTo} against ${versionFrom}</a
              >`
      }
    `;
  }

  static override styles = [
    sharedStyles,
    factListStyles,
    css`
      :host {
        display: contents;
      }
      .head {
        justify-content: space-between;
      }
      .ways {
        gap: var(--space-2) var(--space-4);
      }
      .description {
        max-width: 72ch;
        line-height: 1.5;
        white-space: pre-line;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-change-detail": ChangeDetail;
  }
}
