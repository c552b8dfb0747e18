/**
 * Actions: what one can do to the world. A form for each kind, whose fields stand in the URL; then the plan, which says
 * what it would touch; then the deed. Beside it the actions that were taken, each with the indicator it should move.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import type { Action, ActionPlan, Catalogue } from "../../../server/wire/actions.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { RunState } from "../../../server/wire/run.js";
import { formatDurationUs } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./action-card.js";
import { actionForms, fieldText, readAction } from "./action-forms.js";
import type { ActionContext, ActionDraft, ActionField, ActionForm } from "./action-forms.js";
import { newestFirst } from "./action-progress.js";
import {
  actionTarget,
  actionTitle,
  changeTitles,
  clearedUrlValues,
  draftUrlValues,
  readDraftUrl,
} from "./action-text.js";
import { groupForms } from "./form-groups.js";
import { operationForms } from "./operation-forms.js";

/** Why nothing can be done in a state; a state that is missing lets one act. */
const CLOSED: Readonly<Partial<Record<RunState, string>>> = {
  briefing: "The run has not been started: start it on the brief, then act.",
  submitted: "The diagnosis is in: nothing can be done to this world any more.",
  debriefed: "The run is over: nothing can be done to this world any more.",
  abandoned: "The run was given up: nothing can be done to this world any more.",
};

@customElement("fd-view-actions")
export class ActionsView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  /** The action whose plan is asked for; a change of the form takes it back. */
  @state() private planned: Action | undefined;
  @state() private showErrors = false;
  @state() private typedTarget = "";
  @state() private applying = false;
  @state() private failure: ApiError | undefined;
  /** What was ordered last, to say so. */
  @state() private ordered: string | undefined;
  /** What the list of actions is narrowed to. */
  @state() private sought = "";

  private readonly world = new QueryController<ActionContext>(this, {
    key: () => [this.run.runId, this.run.store.snapshot.actions.length],
    run: async (signal) => {
      const [catalogue, changes] = await Promise.all([
        this.run.queries.catalogue(signal),
        this.run.queries.changes(signal),
      ]);
      return { catalogue, changes };
    },
    refreshMs: () => (this.run.store.snapshot.clock.running ? 10_000 : undefined),
  });

  private readonly plan = new QueryController<ActionPlan>(this, {
    key: () => this.planned,
    run: (signal) =>
      this.planned ? this.run.queries.plan(this.planned, signal) : Promise.reject(new Error("nothing to plan")),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.run.store, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const { actions, run } = this.run.store.snapshot;
    const { kind, draft } = readDraftUrl(this.url.parameters);
    const forms = this.forms();
    const form = forms.find((entry) => entry.kind === kind);
    const closed = CLOSED[run.state];
    const titleOf = changeTitles(this.world.value?.changes ?? []);
    return html`<div class="view">
      <section class="forms" aria-label="Act">
        <h2>Act</h2>
        ${closed === undefined ? nothing : html`<p class="notice">${closed}</p>`}
        ${run.state === "paused" ? this.renderPaused() : nothing}
        ${this.world.error ? html`<fd-error-notice .error=${this.world.error}></fd-error-notice>` : nothing}
        <p class="soft" role="status" ?hidden=${this.ordered === undefined}>
          ${this.ordered === undefined ? "" : `Ordered: ${this.ordered}.`}
        </p>
        ${this.renderKinds(forms, form)}
        ${
          form === undefined
            ? closed !== undefined
              ? nothing
              : html`<p class="soft">Choose what to do. Nothing happens before you have seen its plan.</p>`
            : this.renderForm(form, draft, closed !== undefined)
        }
      </section>
      <section class="taken" aria-label="Actions taken">
        <h2>Taken <span class="soft">${actions.length}</span></h2>
        ${
          actions.length === 0
            ? html`<fd-empty-state heading="Nothing done yet"
                >Each action appears here with the indicator that it should move. What was changed before may be taken
                back: <a href=${this.url.href("changes")}>changes</a>.</fd-empty-state
              >`
            : repeat(
                newestFirst(actions),
                ({ id }) => id,
                (action) =>
                  html`<fd-action-card
                    .action=${action}
                    .titleOf=${titleOf}
                    ?closed=${closed !== undefined}
                    ?marked=${action.id === this.url.get("taken")}
                  ></fd-action-card>`,
              )
        }
      </section>
    </div>`;
  }

  private forms(): readonly ActionForm[] {
    const catalogue = this.world.value?.catalogue;
    return catalogue === undefined ? actionForms() : [...actionForms(), ...operationForms(catalogue)];
  }

  private renderKinds(forms: readonly ActionForm[], chosen: ActionForm | undefined): TemplateResult {
    const groups = groupForms(forms, this.sought);
    // Open where nothing is chosen yet; a chosen form stands near the top.
    return html`<details class="choice" ?open=${chosen === undefined}>
      <summary>${chosen === undefined ? "All actions" : chosen.title}</summary>
      <label class="row find">
        Find
        <input
          type="search"
          placeholder="an action, by what it does"
          autocomplete="off"
          .value=${live(this.sought)}
          @input=${(event: InputEvent) => {
            this.sought = (event.target as HTMLInputElement).value;
          }}
        />
      </label>
      ${groups.length === 0 ? html`<p class="soft">No action is called so.</p>` : nothing}
      <div class="groups">
        ${groups.map(
          ({ title, forms: ofGroup }) => html`
            <span class="soft small" id=${`group-${title}`}>${title}</span>
            <div class="kinds" role="group" aria-labelledby=${`group-${title}`}>
              ${ofGroup.map(
                (entry) =>
                  html`<button
                    type="button"
                    aria-pressed=${entry === chosen ? "true" : "false"}
                    title=${entry.purpose}
                    @click=${() => {
                      this.choose(entry);
                    }}
                  >
                    ${entry.title}
                  </button>`,
              )}
            </div>
          `,
        )}
      </div>
    </details>`;
  }

  private renderPaused(): TemplateResult {
    return html`<p class="notice row">
      The clock stands: plans can be made, and carried out once it goes on.
      <button
        type="button"
        @click=${async () => {
          const answer = await this.run.store.send({ kind: "resume" });
          this.failure = answer.ok ? undefined : answer.error;
        }}
      >
        Resume
      </button>
    </p>`;
  }

  private renderForm(form: ActionForm, draft: ActionDraft, closed: boolean): TemplateResult {
    const context = this.world.value;
    if (context === undefined) return html`<p class="soft">Loading what can be acted on …</p>`;
    const read = readAction(form, context, draft);
    const errors = this.showErrors && !read.ok ? read.errors : {};
    return html`
      <form
        novalidate
        @submit=${(event: Event) => {
          event.preventDefault();
          this.showErrors = !read.ok;
          this.planned = read.ok ? read.action : undefined;
          this.typedTarget = "";
          this.failure = undefined;
        }}
      >
        <p class="soft">${form.purpose}</p>
        ${form.fields(context, draft).map((field) => this.renderField(form, field, draft, errors[field.name]))}
        <div class="row">
          <button class=${this.planned === undefined ? "primary" : ""} ?disabled=${closed}>Show the plan</button>
          <button
            type="button"
            class="quiet"
            @click=${() => {
              this.clear();
            }}
          >
            Clear
          </button>
        </div>
      </form>
      ${this.planned === undefined || closed ? nothing : this.renderPlan(this.planned, context)}
    `;
  }

  private renderField(
    form: ActionForm,
    field: ActionField,
    draft: ActionDraft,
    error: string | undefined,
  ): TemplateResult {
    const id = `field-${field.name}`;
    const now =
      field.kind !== "choice" || field.current === undefined
        ? field.current
        : field.options.find(({ value }) => value === field.current)?.label;
    return html`
      <div class="field">
        <label for=${id}>${field.label}</label>
        ${field.kind === "choice" ? this.renderChoice(form, field, draft, error) : this.renderText(form, field, draft, error)}
        ${now === undefined ? nothing : html`<span class="soft small now">now <span class="data">${now}</span></span>`}
        ${field.help === undefined ? nothing : html`<p class="soft small help">${field.help}</p>`}
        ${error === undefined ? nothing : html`<p class="critical small help" id=${`${id}-error`} role="alert">${error}</p>`}
      </div>
    `;
  }

  private renderChoice(
    form: ActionForm,
    field: Extract<ActionField, { kind: "choice" }>,
    draft: ActionDraft,
    error: string | undefined,
  ): TemplateResult {
    const chosen = fieldText(field, draft);
    const unknown = chosen !== "" && !field.options.some(({ value }) => value === chosen);
    return html`<select
      id=${`field-${field.name}`}
      ?disabled=${field.options.length === 0}
      aria-invalid=${error === undefined ? "false" : "true"}
      aria-describedby=${error === undefined ? nothing : `field-${field.name}-error`}
      @change=${(event: Event) => {
        this.type(form, field.name, (event.target as HTMLSelectElement).value);
      }}
    >
      ${chosen === "" ? html`<option value="" selected>${field.options.length === 0 ? field.empty : "Choose"}</option>` : nothing}
      ${unknown ? html`<option value=${chosen} selected>${chosen}</option>` : nothing}
      ${field.options.map(({ value, label }) => html`<option value=${value} ?selected=${value === chosen}>${label}</option>`)}
    </select>`;
  }

  private renderText(
    form: ActionForm,
    field: Exclude<ActionField, { kind: "choice" }>,
    draft: ActionDraft,
    error: string | undefined,
  ): TemplateResult {
    return html`<span class="row">
      <input
        id=${`field-${field.name}`}
        inputmode=${field.kind === "number" ? "decimal" : "text"}
        autocomplete="off"
        size="10"
        aria-invalid=${error === undefined ? "false" : "true"}
        aria-describedby=${error === undefined ? nothing : `field-${field.name}-error`}
        .value=${live(fieldText(field, draft))}
        @input=${(event: InputEvent) => {
          this.type(form, field.name, (event.target as HTMLInputElement).value);
        }}
      />
      <span class="soft">${field.kind === "number" ? field.unit : "with unit: 250ms, 1.5s"}</span>
    </span>`;
  }

  private renderPlan(action: Action, { catalogue, changes }: ActionContext): TemplateResult {
    if (this.plan.error) return html`<fd-error-notice .error=${this.plan.error}></fd-error-notice>`;
    const plan = this.plan.value;
    if (plan === undefined || this.plan.stale) return html`<p class="soft">Asking for the plan …</p>`;
    const target = actionTarget(action);
    const isRunning = this.run.store.snapshot.run.state === "investigating";
    const confirmed = !plan.destructive || this.typedTarget === target;
    return html`
      <section class="plan" aria-label="Plan" aria-live="polite">
        <h3>${actionTitle(action, changeTitles(changes))}</h3>
        <p>${plan.summary}</p>
        <dl>
          <dt>Touches</dt>
          <dd>${plan.touches.map((name) => html`<span class="tag data">${titleOf(catalogue, name)}</span> `)}</dd>
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
            ${plan.undo === undefined ? "None: this cannot be taken back." : actionTitle(plan.undo, changeTitles(changes))}
          </dd>
          <dt>Watch</dt>
          <dd>${plan.watchTitle} <code class="soft">${plan.watchQuery}</code></dd>
        </dl>
        ${plan.destructive ? this.renderConfirmation(target) : nothing}
        ${this.failure ? html`<fd-error-notice .error=${this.failure}></fd-error-notice>` : nothing}
        <div class="row">
          <button
            type="button"
            class=${plan.destructive ? "danger" : "primary"}
            ?disabled=${!confirmed || !isRunning || this.applying}
            @click=${() => void this.apply(action)}
          >
            ${this.applying ? "Applying …" : "Apply"}
          </button>
          <button
            type="button"
            class="quiet"
            @click=${() => {
              this.planned = undefined;
            }}
          >
            Not now
          </button>
        </div>
      </section>
    `;
  }

  private renderConfirmation(target: string): TemplateResult {
    return html`<div class="field">
      <label for="confirm">Type <code>${target}</code> to confirm</label>
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

  private choose(form: ActionForm): void {
    this.reset();
    this.url.set({ ...clearedUrlValues(this.url.parameters), ...draftUrlValues(form.kind, {}) });
  }

  /** A new service makes a chosen dependency or instance meaningless: what depends on a field goes with it. */
  private type(form: ActionForm, name: string, text: string): void {
    const { draft } = readDraftUrl(this.url.parameters);
    const names = this.world.value ? form.fields(this.world.value, draft).map((field) => field.name) : [];
    const kept = DETERMINING.has(name) ? names.slice(0, names.indexOf(name)) : names;
    const next = Object.fromEntries(Object.entries(draft).filter(([field]) => kept.includes(field)));
    this.planned = undefined;
    this.failure = undefined;
    this.url.set(
      { ...clearedUrlValues(this.url.parameters), ...draftUrlValues(form.kind, { ...next, [name]: text }) },
      { replace: true },
    );
  }

  private clear(): void {
    this.reset();
    this.url.set(clearedUrlValues(this.url.parameters));
  }

  private reset(): void {
    this.planned = undefined;
    this.showErrors = false;
    this.typedTarget = "";
    this.failure = undefined;
    this.ordered = undefined;
  }

  private async apply(action: Action): Promise<void> {
    this.applying = true;
    const answer = await this.run.store.send({ kind: "act", action });
    this.applying = false;
    if (!answer.ok) {
      this.failure = answer.error;
      return;
    }
    this.clear();
    this.ordered = actionTitle(action, changeTitles(this.world.value?.changes ?? []));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        height: 100%;
        container-type: inline-size;
      }
      .view {
        display: grid;
        grid-template-columns: minmax(340px, 5fr) minmax(320px, 6fr);
        height: 100%;
      }
      .forms,
      .taken {
        overflow: auto;
        padding: var(--space-3) var(--space-4);
        min-height: 0;
      }
      .forms {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
        border-inline-end: 1px solid var(--line);
      }
      .choice summary {
        cursor: pointer;
        font-weight: 600;
      }
      .find {
        margin-block: var(--space-2);
      }
      .groups {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: var(--space-2) var(--space-3);
        align-items: baseline;
      }
      .kinds {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
      }
      form,
      .plan {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
      }
      .plan {
        border-top: 1px solid var(--line);
        padding-top: var(--space-3);
      }
      .field {
        display: grid;
        grid-template-columns: 110px minmax(0, auto) 1fr;
        gap: 0 var(--space-2);
        align-items: center;
      }
      .field select,
      .field input {
        max-width: 100%;
      }
      .help {
        grid-column: 2 / -1;
      }
      .now {
        white-space: nowrap;
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: var(--space-1) var(--space-4);
        margin: 0;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      ul {
        margin: 0;
        padding-inline-start: var(--space-4);
      }
      .notice {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: var(--space-2);
      }
      [aria-invalid="true"] {
        border-color: var(--severity-critical);
      }
      @container (max-width: 760px) {
        .view {
          display: block;
          overflow: auto;
        }
        .forms {
          border-inline-end: 0;
          border-bottom: 1px solid var(--line);
        }
      }
    `,
  ];
}

/** Fields on which the later ones of their form depend. */
const DETERMINING: ReadonlySet<string> = new Set(["service", "target", "flag", "metric"]);

function titleOf(catalogue: Catalogue, name: string): string {
  return catalogue.components.find(({ id }) => id === name)?.title ?? name;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-actions": ActionsView;
  }
}
