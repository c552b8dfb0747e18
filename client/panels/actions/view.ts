/**
 * Actions: what one can do to the world. A form for each kind, whose fields stand in the URL; then the plan, which says
 * what it would touch; then the deed. Beside it the actions that were taken, each with the indicator it should move.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Action, ActionPlan } from "../../../server/wire/actions.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { RunState } from "../../../server/wire/run.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { sendOnEnter } from "../../elements/send-on-enter.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import "./action-card.js";
import "./action-field.js";
import { fieldText, readAction } from "./action-fields.js";
import type { ActionContext, ActionDraft, ActionForm } from "./action-fields.js";
import { actionForms } from "./action-forms.js";
import "./action-kinds.js";
import "./action-plan.js";
import { newestFirst } from "./action-progress.js";
import { actionTitle, changeTitles, clearedUrlValues, draftUrlValues, readDraftUrl } from "./action-text.js";
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
  @state() private applying = false;
  @state() private failure: ApiError | undefined;
  /** What was ordered last, to say so. */
  @state() private ordered: string | undefined;

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
        <fd-action-kinds
          .forms=${forms}
          .chosen=${form}
          @kind-choose=${(event: CustomEvent<{ readonly form: ActionForm }>) => {
            this.choose(event.detail.form);
          }}
        ></fd-action-kinds>
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
          this.failure = undefined;
        }}
      >
        <p class="soft">${form.purpose}</p>
        ${repeat(
          form.fields(context, draft),
          ({ name }) => `${form.kind} ${name}`,
          (field) =>
            html`<fd-action-field
              .field=${field}
              .text=${fieldText(field, draft)}
              .error=${errors[field.name]}
              @keydown=${sendOnEnter}
              @field-change=${(event: CustomEvent<{ readonly text: string }>) => {
                this.type(form, field.name, event.detail.text);
              }}
            ></fd-action-field>`,
        )}
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

  private renderPlan(action: Action, { catalogue, changes }: ActionContext): TemplateResult {
    if (this.plan.error) return html`<fd-error-notice .error=${this.plan.error}></fd-error-notice>`;
    const plan = this.plan.value;
    if (plan === undefined || this.plan.stale) return html`<p class="soft">Asking for the plan …</p>`;
    return html`<fd-action-plan
      .action=${action}
      .plan=${plan}
      .catalogue=${catalogue}
      .changes=${changes}
      ?ready=${this.run.store.snapshot.run.state === "investigating"}
      ?applying=${this.applying}
      .failure=${this.failure}
      @apply=${() => void this.apply(action)}
      @put-off=${() => {
        this.planned = undefined;
      }}
    ></fd-action-plan>`;
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
      form {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
      }
      .notice {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: var(--space-2);
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

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-actions": ActionsView;
  }
}
