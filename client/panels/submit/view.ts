/**
 * The diagnosis: where, what kind, what set it off, when, how sure, on what evidence, in a sentence. Written as a draft,
 * looked through once more, sent once.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { Exhibit, Submission } from "../../../server/wire/run.js";
import type { FaultClass } from "../../../server/wire/scenario.js";
import type { AlertsAnswer, ChangeRecord, ImpactAnswer, ServiceMap } from "../../../server/wire/telemetry.js";
import { formatClock, formatDateTime, formatNumber } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/progress.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { api } from "../../net/api.js";
import { pageStorage } from "../../state/browser-storage.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { parseTimeExpression } from "../../state/time-range.js";
import type { UrlState } from "../../state/url-state.js";
import { CHANGE_KIND_WORDS } from "../changes/change-list.js";
import { classTitle, contentSummary, percent, sortHypotheses } from "../notebook/notebook-model.js";
import "./class-picker.js";
import { dropDraft, loadDraft, saveDraft } from "./draft-store.js";
import "./onset-picker.js";
import type { OnsetMark } from "./onset-picker.js";
import "./path-picker.js";
import {
  EXHIBITS_MAX,
  forecastPoints,
  newDraft,
  NO_TRIGGER,
  readSubmission,
  SENTENCE_LENGTH_MAX,
  toggleExhibit,
  togglePathEdge,
} from "./submission-draft.js";
import type { SubmissionContext, SubmissionDraft, SubmissionField } from "./submission-draft.js";

/** What the answer is chosen from. */
interface Choices {
  readonly components: Catalogue["components"];
  readonly taxonomy: readonly FaultClass[];
  readonly changes: readonly ChangeRecord[];
  readonly alerts: AlertsAnswer;
  readonly impact: ImpactAnswer;
}

const FURTHER_ANSWERS = [
  ["scope", "Scope"],
  ["statusUpdate", "Status update"],
  ["misfit", "What does not fit"],
] as const;

type Errors = Readonly<Partial<Record<SubmissionField, string>>>;

@customElement("fd-view-submit")
export class SubmitView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @state() private draft: SubmissionDraft | undefined;
  @state() private showErrors = false;
  private sentHere = false;
  @state() private sending = false;
  @state() private failure: ApiError | undefined;

  private readonly choices = new QueryController<Choices>(this, {
    key: () => this.run.runId,
    run: async (signal) => {
      const { queries } = this.run;
      const [catalogue, taxonomy, changes, alerts, impact] = await Promise.all([
        queries.catalogue(signal),
        api.taxonomy(signal),
        queries.changes(signal),
        queries.alerts(signal),
        queries.impact(signal),
      ]);
      return { components: catalogue.components, taxonomy, changes, alerts, impact };
    },
    refreshMs: () => (this.run.store.snapshot.clock.running ? 15_000 : undefined),
  });

  private readonly map = new QueryController<ServiceMap>(this, {
    key: () => this.run.runId,
    run: (signal) => {
      const toUs = this.run.store.nowUs();
      return this.run.queries.map({ fromUs: this.run.store.snapshot.recentFromUs, toUs }, signal);
    },
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.run.store, events: ["changed", "progress"] },
    );
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    this.draft ??= loadDraft(pageStorage, this.run.runId) ?? newDraft(this.run.store.snapshot.notebook);
  }

  override render(): TemplateResult {
    const { run, submission } = this.run.store.snapshot;
    if (submission !== undefined) return this.renderSubmitted(submission);
    if (run.state === "briefing") {
      return html`<fd-empty-state heading="Not yet"
        >Start the run on the <a href=${this.url.href("brief")}>brief</a> and look around first.</fd-empty-state
      >`;
    }
    if (run.state === "abandoned") {
      return html`<fd-empty-state heading="This run was given up"
        >There is nothing to submit any more. <a href="/">All scenarios and your runs</a></fd-empty-state
      >`;
    }
    const choices = this.choices.value;
    const { draft } = this;
    if (this.choices.error && choices === undefined)
      return html`<fd-error-notice .error=${this.choices.error}></fd-error-notice>`;
    if (choices === undefined || draft === undefined) return html`<p class="soft pad">Loading …</p>`;
    const read = readSubmission(draft, this.contextOf(choices));
    if (this.url.get("step") === "review" && read.ok) return this.renderReview(read.submission, choices);
    return this.renderForm(draft, choices, this.showErrors && !read.ok ? read.errors : {});
  }

  private renderForm(draft: SubmissionDraft, choices: Choices, errors: Errors): TemplateResult {
    return html`
      <form
        novalidate
        @submit=${(event: Event) => {
          event.preventDefault();
          this.review(choices);
        }}
      >
        <header>
          <h2>Diagnosis</h2>
          <p class="soft">One submission. The clock stops with it, and the run is graded.</p>
        </header>
        ${
          Object.keys(errors).length > 0
            ? html`<p class="critical" role="alert">
                ${Object.keys(errors).length} of the answers below need something yet.
              </p>`
            : nothing
        }
        ${this.renderHypotheses(choices)} ${this.renderComponent(draft, choices, errors)}
        ${this.renderClass(draft, choices, errors)} ${this.renderTrigger(draft, choices, errors)}
        ${this.renderOnset(draft, choices, errors)} ${this.renderPath(draft)} ${this.renderConfidence(draft)}
        ${this.renderExhibits(draft, errors)} ${this.renderSentence(draft, errors)}
        ${this.renderText(draft, "scope", "Scope", "Who is hit: which users, which journeys, how many?")}
        ${this.renderText(draft, "statusUpdate", "Status update", "What would you tell everybody now? When do they hear the next?")}
        <div class="row"><button class="primary">Review</button></div>
      </form>
    `;
  }

  /** What the notebook holds open, to start from. */
  private renderHypotheses({ taxonomy }: Choices): TemplateResult | typeof nothing {
    const open = sortHypotheses(this.run.store.snapshot.notebook.hypotheses).filter(
      ({ state: to }) => to !== "ruled-out",
    );
    if (open.length === 0) return nothing;
    return html`<div class="row">
      <span class="soft">From the notebook:</span>
      ${open.map(
        ({ component, faultClass, confidence }) =>
          html`<button
            type="button"
            @click=${() => {
              this.change({ component, faultClass, confidencePercent: Math.round(confidence * 100) });
            }}
          >
            ${classTitle(taxonomy, faultClass)} in ${component} <span class="soft">${percent(confidence)}</span>
          </button>`,
      )}
    </div>`;
  }

  private renderComponent(draft: SubmissionDraft, { components }: Choices, errors: Errors): TemplateResult {
    return question(
      "Component",
      "Where does the cause sit? Not where it hurts.",
      errors.component,
      html`
        <select
          aria-label="Component"
          @change=${(event: Event) => {
            this.change({ component: (event.target as HTMLSelectElement).value });
          }}
        >
          <option value="" ?selected=${draft.component === ""}>Choose</option>
          ${components.map(({ id, title, kind }) => html`<option value=${id} ?selected=${id === draft.component}>${title} (${kind})</option>`)}
        </select>
      `,
    );
  }

  private renderClass(draft: SubmissionDraft, { taxonomy }: Choices, errors: Errors): TemplateResult {
    const chosen =
      draft.faultClass === ""
        ? nothing
        : html`<p>Chosen: <strong>${classTitle(taxonomy, draft.faultClass)}</strong></p>`;
    return question(
      "Fault class",
      "What kind of fault is it?",
      errors.faultClass,
      html`
        ${chosen}
        <fd-class-picker
          .classes=${taxonomy}
          .value=${draft.faultClass}
          @class-picked=${(event: CustomEvent<{ id: string }>) => {
            this.change({ faultClass: event.detail.id });
          }}
        ></fd-class-picker>
      `,
    );
  }

  private renderTrigger(draft: SubmissionDraft, { changes }: Choices, errors: Errors): TemplateResult {
    const newest = [...changes].sort((left, right) => right.atUs - left.atUs);
    return question(
      "Trigger",
      "Which change set it off, if any?",
      errors.trigger,
      html`
        <select
          aria-label="Trigger"
          @change=${(event: Event) => {
            this.change({ trigger: (event.target as HTMLSelectElement).value });
          }}
        >
          <option value="" ?selected=${draft.trigger === ""}>Choose</option>
          <option value=${NO_TRIGGER} ?selected=${draft.trigger === NO_TRIGGER}>None: no change set it off</option>
          ${newest.map(
            ({ id, kind, target, title, atUs }) =>
              html`<option value=${id} ?selected=${id === draft.trigger}>
                ${formatClock(atUs)} ${CHANGE_KIND_WORDS[kind]} of ${target}: ${title}
              </option>`,
          )}
        </select>
      `,
    );
  }

  private renderOnset(draft: SubmissionDraft, choices: Choices, errors: Errors): TemplateResult {
    const nowUs = this.run.store.nowUs();
    const atUs = parseTimeExpression(draft.onset, nowUs);
    const window = { fromUs: this.run.store.snapshot.historyFromUs, toUs: nowUs };
    const inside = atUs !== undefined && atUs >= window.fromUs && atUs <= window.toUs;
    return question(
      "Onset",
      "When did the cause set in? Symptoms and alerts come later.",
      errors.onset,
      html`
        <fd-onset-picker
          .window=${window}
          .marks=${onsetMarks(choices)}
          .impact=${choices.impact.minutes}
          .value=${inside ? atUs : undefined}
          @onset-picked=${(event: CustomEvent<{ atUs: number }>) => {
            this.change({ onset: formatClock(event.detail.atUs) });
          }}
        ></fd-onset-picker>
        <label class="row">
          Or typed
          <input
            size="14"
            autocomplete="off"
            placeholder="14:02:30"
            .value=${live(draft.onset)}
            @input=${(event: InputEvent) => {
              this.change({ onset: (event.target as HTMLInputElement).value });
            }}
            @change=${() => {
              this.settleOnset();
            }}
          />
          <span class="soft data">${atUs === undefined ? "" : `${formatDateTime(atUs)} UTC`}</span>
        </label>
      `,
    );
  }

  private renderPath(draft: SubmissionDraft): TemplateResult {
    return question(
      "Path",
      "Along which calls did the trouble travel, from the cause to whom it hurts? Click them on the map.",
      undefined,
      html`<fd-path-picker
        .map=${this.map.value}
        .drawn=${draft.path}
        component=${draft.component}
        @path-toggle=${(event: CustomEvent<{ readonly key: string }>) => {
          this.change(togglePathEdge(draft, event.detail.key));
        }}
      ></fd-path-picker>`,
    );
  }

  private renderText(
    draft: SubmissionDraft,
    name: "scope" | "statusUpdate" | "misfit",
    title: string,
    hint: string,
  ): TemplateResult {
    return question(
      title,
      hint,
      undefined,
      html`<textarea
        rows="2"
        aria-label=${title}
        maxlength=${SENTENCE_LENGTH_MAX}
        .value=${live(draft[name])}
        @input=${(event: InputEvent) => {
          this.change({ [name]: (event.target as HTMLTextAreaElement).value });
        }}
      ></textarea>`,
    );
  }

  private renderConfidence(draft: SubmissionDraft): TemplateResult {
    const { right, wrong } = forecastPoints(draft.confidencePercent / 100);
    return question(
      "Confidence",
      "How sure are you that component and class are right? Saying what you believe pays best.",
      undefined,
      html`
        <span class="row">
          <input
            type="range"
            min="0"
            max="100"
            step="5"
            aria-label="Confidence"
            aria-valuetext=${percent(draft.confidencePercent / 100)}
            .value=${live(String(draft.confidencePercent))}
            @input=${(event: InputEvent) => {
              this.change({ confidencePercent: Number((event.target as HTMLInputElement).value) });
            }}
          />
          <output class="data">${percent(draft.confidencePercent / 100)}</output>
          <span class="soft">Right: +${formatNumber(right, 2)} points. Wrong: ${formatNumber(wrong, 2)}.</span>
        </span>
      `,
    );
  }

  private renderExhibits(draft: SubmissionDraft, errors: Errors): TemplateResult {
    const { exhibits } = this.run.store.snapshot.notebook;
    const full = draft.exhibits.length >= EXHIBITS_MAX;
    return question(
      "Exhibits",
      `What shows it? ${String(draft.exhibits.length)} of at most ${String(EXHIBITS_MAX)}.`,
      errors.exhibits,
      exhibits.length === 0
        ? html`<p class="soft">Nothing is pinned. An answer without exhibits can be sent; it only convinces less.</p>`
        : html`${exhibits.map((exhibit) => this.renderExhibit(exhibit, draft.exhibits.includes(exhibit.id), full))}`,
    );
  }

  private renderExhibit(exhibit: Exhibit, isTaken: boolean, full: boolean): TemplateResult {
    return html`<label class="exhibit">
      <input
        type="checkbox"
        .checked=${live(isTaken)}
        ?disabled=${full && !isTaken}
        @change=${() => {
          if (this.draft) this.change(toggleExhibit(this.draft, exhibit.id));
        }}
      />
      <span
        >${exhibit.title}
        <span class="soft small"
          >${contentSummary(exhibit.frozen)}${exhibit.note === "" ? "" : ` · ${exhibit.note}`}</span
        ></span
      >
    </label>`;
  }

  private renderSentence(draft: SubmissionDraft, errors: Errors): TemplateResult {
    return question(
      "In a sentence",
      "What happened, as you would tell the next on call.",
      errors.sentence,
      html`
        <textarea
          rows="3"
          aria-label="In a sentence"
          maxlength=${SENTENCE_LENGTH_MAX}
          .value=${live(draft.sentence)}
          @input=${(event: InputEvent) => {
            this.change({ sentence: (event.target as HTMLTextAreaElement).value });
          }}
        ></textarea>
      `,
    );
  }

  private renderReview(submission: Submission, choices: Choices): TemplateResult {
    return html`
      <section class="review" aria-label="Review">
        <header>
          <h2>Before you send</h2>
        </header>
        ${
          this.draft === undefined
            ? nothing
            : this.renderText(
                this.draft,
                "misfit",
                "Name one thing that does not fit",
                "If it still weighs after you have named it, go back and look.",
              )
        }
        ${this.renderAnswers(submission, choices)}
        ${this.failure ? html`<fd-error-notice .error=${this.failure}></fd-error-notice>` : nothing}
        <div class="row">
          <button class="primary" type="button" ?disabled=${this.sending} @click=${() => void this.send(submission)}>
            ${this.sending ? "Sending …" : "Send the diagnosis"}
          </button>
          <button
            type="button"
            ?disabled=${this.sending}
            @click=${() => {
              this.url.set({ step: undefined });
            }}
          >
            Back to the answers
          </button>
        </div>
      </section>
    `;
  }

  private renderAnswers(submission: Submission, choices: Choices | undefined): TemplateResult {
    const { exhibits } = this.run.store.snapshot.notebook;
    const trigger = choices?.changes.find(({ id }) => id === submission.trigger);
    return html`<dl>
      <dt>Component</dt>
      <dd><fd-service-chip name=${submission.component}></fd-service-chip></dd>
      <dt>Fault class</dt>
      <dd>${classTitle(choices?.taxonomy ?? [], submission.faultClass)}</dd>
      <dt>Trigger</dt>
      <dd>${submission.trigger === undefined ? "None" : (trigger?.title ?? submission.trigger)}</dd>
      <dt>Onset</dt>
      <dd class="data">${formatDateTime(submission.onsetUs)} UTC</dd>
      <dt>Confidence</dt>
      <dd class="data">${percent(submission.confidence)}</dd>
      <dt>Exhibits</dt>
      <dd>
        ${
          submission.exhibits.length === 0
            ? "None"
            : html`<ol>
                ${submission.exhibits.map((id) => html`<li>${exhibits.find((exhibit) => exhibit.id === id)?.title ?? id}</li>`)}
              </ol>`
        }
      </dd>
      <dt>Path</dt>
      <dd>
        ${submission.path === undefined ? "Not drawn" : submission.path.map(({ from, to }) => html`<div>${from} → ${to}</div>`)}
      </dd>
      <dt>Sentence</dt>
      <dd>${submission.sentence}</dd>
      ${FURTHER_ANSWERS.map(([name, title]) =>
        submission[name] === undefined
          ? nothing
          : html`<dt>${title}</dt>
              <dd>${submission[name]}</dd>`,
      )}
    </dl>`;
  }

  private renderSubmitted(submission: Submission): TemplateResult {
    const graded = this.run.store.snapshot.run.state === "debriefed";
    return html`<section class="review" aria-label="Your submission">
      <header>
        <h2>Submitted</h2>
        ${
          graded
            ? html`<p>It has been graded. <a href=${this.url.href("debrief")}>Open the debrief</a></p>`
            : html`<fd-progress label="Grading" .fraction=${this.run.store.gradingProgress}></fd-progress>`
        }
      </header>
      ${this.renderUnsent(submission)} ${this.renderAnswers(submission, this.choices.value)}
    </section>`;
  }

  /** What was being written here while the diagnosis was sent from elsewhere. */
  private renderUnsent({ sentence }: Submission): TemplateResult | typeof nothing {
    const written = this.draft?.sentence.trim() ?? "";
    if (this.sentHere || written === "" || written === sentence) return nothing;
    return html`<div class="unsent" role="status">
      <p>${icon("warning", 14)} This diagnosis was sent from another tab. What you had written here was not sent:</p>
      <blockquote dir="auto">${written}</blockquote>
    </div>`;
  }

  private contextOf(choices: Choices): SubmissionContext {
    const { notebook, historyFromUs } = this.run.store.snapshot;
    const nowUs = this.run.store.nowUs();
    return {
      components: choices.components.map(({ id }) => id),
      faultClasses: choices.taxonomy.map(({ id }) => id),
      changes: choices.changes.map(({ id }) => id),
      exhibits: notebook.exhibits.map(({ id }) => id),
      historyFromUs,
      nowUs,
      parseTime: (text) => parseTimeExpression(text, nowUs),
    };
  }

  private change(parts: Partial<SubmissionDraft>): void {
    if (this.draft === undefined) return;
    this.draft = { ...this.draft, ...parts };
    saveDraft(pageStorage, this.run.runId, this.draft);
  }

  /** `now-20m` would move on with the clock: once typed, it becomes the instant that it meant. */
  private settleOnset(): void {
    const text = this.draft?.onset.trim() ?? "";
    const atUs = parseTimeExpression(text, this.run.store.nowUs());
    if (text.startsWith("now") && atUs !== undefined) this.change({ onset: formatClock(atUs) });
  }

  private review(choices: Choices): void {
    if (this.draft === undefined) return;
    this.settleOnset();
    const read = readSubmission(this.draft, this.contextOf(choices));
    this.showErrors = !read.ok;
    this.failure = undefined;
    if (read.ok) this.url.set({ step: "review" });
    this.scrollTop = 0;
  }

  private async send(submission: Submission): Promise<void> {
    this.sending = true;
    this.sentHere = true;
    const answer = await this.run.store.send({ kind: "submit", submission });
    this.sending = false;
    this.sentHere = answer.ok;
    this.failure = answer.ok ? undefined : answer.error;
    if (!answer.ok) return;
    dropDraft(pageStorage, this.run.runId);
    this.url.open("debrief");
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        height: 100%;
        overflow: auto;
        container-type: inline-size;
      }
      .unsent {
        padding: var(--space-2) var(--space-3);
        border-inline-start: 3px solid var(--severity-warning);
        background: var(--severity-warning-soft);
      }
      form,
      .review {
        display: flex;
        flex-direction: column;
        gap: var(--space-4);
        max-width: 960px;
        padding: var(--space-3) var(--space-4) var(--space-6);
      }
      .question {
        display: grid;
        grid-template-columns: 200px minmax(0, 1fr);
        gap: var(--space-1) var(--space-4);
        padding-top: var(--space-3);
        border-top: 1px solid var(--line);
      }
      .question > .answer {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
        min-width: 0;
        align-items: start;
      }
      .answer > fd-onset-picker,
      .answer > fd-class-picker,
      textarea {
        align-self: stretch;
        width: 100%;
      }
      select {
        max-width: 100%;
      }
      input[type="range"] {
        width: 220px;
      }
      output {
        min-width: 44px;
        text-align: end;
      }
      .exhibit {
        display: grid;
        grid-template-columns: 16px 1fr;
        gap: var(--space-2);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--space-2) var(--space-5);
        margin: 0;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      ol {
        margin: 0;
        padding-inline-start: var(--space-4);
      }
      .pad {
        padding: var(--space-3);
      }
      @container (max-width: 760px) {
        .question {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];
}

function question(title: string, hint: string, error: string | undefined, answer: TemplateResult): TemplateResult {
  return html`<div class="question">
    <div>
      <h3>${title}</h3>
      <p class="soft small">${hint}</p>
      ${error === undefined ? nothing : html`<p class="critical small" role="alert">${error}</p>`}
    </div>
    <div class="answer">${answer}</div>
  </div>`;
}

function onsetMarks({ changes, alerts }: Choices): readonly OnsetMark[] {
  const fired = alerts.rules.flatMap(({ name, history }) =>
    history
      .filter(({ state: to }) => to === "firing")
      .map(({ atUs }) => ({ atUs, kind: "alert" as const, title: `${name} starts firing` })),
  );
  const made = changes.map(({ atUs, title, target }) => ({
    atUs,
    kind: "change" as const,
    title: `${target}: ${title}`,
  }));
  return [...made, ...fired];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-submit": SubmitView;
  }
}
