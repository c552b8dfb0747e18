/**
 * The diagnosis: where, what kind, what set it off, when, how sure, on what evidence, in a sentence. Written as a draft,
 * looked through once more, sent once.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { Submission } from "../../../server/wire/run.js";
import type { ServiceMap } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { api } from "../../net/api.js";
import { pageStorage } from "../../state/browser-storage.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { parseTimeExpression } from "../../state/time-range.js";
import type { UrlState } from "../../state/url-state.js";
import "./answer-form.js";
import type { AnswerErrors } from "./answer-form.js";
import "./answer-list.js";
import { submissionContext } from "./choices.js";
import type { Choices } from "./choices.js";
import type { DraftChange, DraftParts } from "./draft-change.js";
import { dropDraft, loadDraft, saveDraft } from "./draft-store.js";
import { draftText } from "./draft-text.js";
import { columnStyles, question, questionStyles } from "./question.js";
import { newDraft, readSubmission } from "./submission-draft.js";
import type { SubmissionContext, SubmissionDraft } from "./submission-draft.js";

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

  private renderForm(draft: SubmissionDraft, choices: Choices, errors: AnswerErrors): TemplateResult {
    const { notebook, historyFromUs } = this.run.store.snapshot;
    return html`<fd-answer-form
      .draft=${draft}
      .choices=${choices}
      .errors=${errors}
      .notebook=${notebook}
      .window=${{ fromUs: historyFromUs, toUs: this.run.store.nowUs() }}
      .map=${this.map.value}
      @draft-change=${this.changed}
      @onset-settle=${() => {
        this.settleOnset();
      }}
      @review=${() => {
        this.review(choices);
      }}
    ></fd-answer-form>`;
  }

  private renderReview(submission: Submission, choices: Choices): TemplateResult {
    return html`
      <section class="column" aria-label="Review" @draft-change=${this.changed}>
        <header>
          <h2>Before you send</h2>
        </header>
        ${this.draft === undefined ? nothing : renderMisfit(this.draft)} ${this.renderAnswers(submission, choices)}
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
    return html`<fd-answer-list
      .submission=${submission}
      .exhibits=${this.run.store.snapshot.notebook.exhibits}
      .choices=${choices}
    ></fd-answer-list>`;
  }

  private renderSubmitted(submission: Submission): TemplateResult {
    const graded = this.run.store.snapshot.run.state === "debriefed";
    return html`<section class="column" aria-label="Your submission">
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
    return submissionContext(choices, this.run.store.snapshot, this.run.store.nowUs());
  }

  private readonly changed = (event: DraftChange): void => {
    this.change(event.detail);
  };

  private change(parts: DraftParts): void {
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
    columnStyles,
    questionStyles,
    css`
      :host {
        display: block;
        height: 100%;
        overflow: auto;
        container-type: inline-size;
      }
      h2 {
        font-size: var(--text-l);
      }
      .unsent {
        padding: var(--space-2) var(--space-3);
        border-inline-start: 3px solid var(--severity-warning);
        background: var(--severity-warning-soft);
      }
      .pad {
        padding: var(--space-3);
      }
    `,
  ];
}

function renderMisfit(draft: SubmissionDraft): TemplateResult {
  const title = "Name one thing that does not fit";
  const hint = "If it still weighs after you have named it, go back and look.";
  return question({ title, hint }, draftText(draft, { name: "misfit", label: title, rows: 2 }));
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-submit": SubmitView;
  }
}
