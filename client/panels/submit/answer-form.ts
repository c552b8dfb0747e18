/**
 * `<fd-answer-form>`: the questions of the diagnosis: where, what kind, what set it off, when, along which calls, how sure,
 * on what evidence, in words. Dispatches `draft-change`, `onset-settle`, and `review` when it is to be looked through.
 */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Notebook } from "../../../server/wire/run.js";
import type { ServiceMap, TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock, formatNumber } from "../../charts/format.js";
import { titleWithKind } from "../../elements/component-words.js";
import { sendOnEnter } from "../../elements/send-on-enter.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { CHANGE_KIND_WORDS } from "../changes/change-list.js";
import { classTitle, percent, sortHypotheses } from "../notebook/notebook-model.js";
import type { Choices } from "./choices.js";
import "./class-picker.js";
import { draftChange } from "./draft-change.js";
import type { DraftParts } from "./draft-change.js";
import { draftText } from "./draft-text.js";
import "./exhibit-picker.js";
import "./onset-question.js";
import "./path-picker.js";
import { columnStyles, question, questionStyles } from "./question.js";
import { EXHIBITS_MAX, forecastPoints, NO_TRIGGER, toggleExhibit, togglePathEdge } from "./submission-draft.js";
import type { SubmissionDraft, SubmissionField } from "./submission-draft.js";

export type AnswerErrors = Readonly<Partial<Record<SubmissionField, string>>>;

@customElement("fd-answer-form")
export class AnswerForm extends LitElement {
  @property({ attribute: false }) draft!: SubmissionDraft;
  @property({ attribute: false }) choices!: Choices;
  @property({ attribute: false }) errors: AnswerErrors = {};
  @property({ attribute: false }) notebook!: Notebook;
  /** From the beginning of the history to simulated now. */
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  @property({ attribute: false }) map: ServiceMap | undefined;

  override render(): TemplateResult {
    const missing = Object.keys(this.errors).length;
    return html`
      <form
        class="column"
        novalidate
        @submit=${(event: Event) => {
          event.preventDefault();
          this.dispatchEvent(new Event("review"));
        }}
      >
        <header>
          <h2>Diagnosis</h2>
          <p class="soft">One submission. The clock stops with it, and the run is graded.</p>
        </header>
        ${
          missing > 0
            ? html`<p class="critical" role="alert">${missing} of the answers below need something yet.</p>`
            : nothing
        }
        ${this.renderHypotheses()} ${this.renderComponent()} ${this.renderClass()} ${this.renderTrigger()}
        ${this.renderOnset()} ${this.renderPath()} ${this.renderConfidence()} ${this.renderExhibits()}
        ${this.renderTexts()}
        <div class="row"><button class="primary">Review</button></div>
      </form>
    `;
  }

  private change(parts: DraftParts): void {
    this.dispatchEvent(draftChange(parts));
  }

  /** What the notebook holds open, to start from. */
  private renderHypotheses(): TemplateResult | typeof nothing {
    const open = sortHypotheses(this.notebook.hypotheses).filter(({ state: to }) => to !== "ruled-out");
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
            ${classTitle(this.choices.taxonomy, faultClass)} in ${component}
            <span class="soft">${percent(confidence)}</span>
          </button>`,
      )}
    </div>`;
  }

  private renderComponent(): TemplateResult {
    const { component } = this.draft;
    return question(
      { title: "Component", hint: "Where does the cause sit? Not where it hurts.", error: this.errors.component },
      html`
        <select
          aria-label="Component"
          @change=${(event: Event) => {
            this.change({ component: (event.target as HTMLSelectElement).value });
          }}
        >
          <option value="" ?selected=${component === ""}>Choose</option>
          ${this.choices.components.map((one) => html`<option value=${one.id} ?selected=${one.id === component}>${titleWithKind(one)}</option>`)}
        </select>
      `,
    );
  }

  private renderClass(): TemplateResult {
    const { faultClass } = this.draft;
    const { taxonomy } = this.choices;
    const chosen =
      faultClass === "" ? nothing : html`<p>Chosen: <strong>${classTitle(taxonomy, faultClass)}</strong></p>`;
    return question(
      { title: "Fault class", hint: "What kind of fault is it?", error: this.errors.faultClass },
      html`
        ${chosen}
        <fd-class-picker
          .classes=${taxonomy}
          .value=${faultClass}
          @class-picked=${(event: CustomEvent<{ id: string }>) => {
            this.change({ faultClass: event.detail.id });
          }}
        ></fd-class-picker>
      `,
    );
  }

  private renderTrigger(): TemplateResult {
    const { trigger } = this.draft;
    const newest = [...this.choices.changes].sort((left, right) => right.atUs - left.atUs);
    return question(
      { title: "Trigger", hint: "Which change set it off, if any?", error: this.errors.trigger },
      html`
        <select
          aria-label="Trigger"
          @change=${(event: Event) => {
            this.change({ trigger: (event.target as HTMLSelectElement).value });
          }}
        >
          <option value="" ?selected=${trigger === ""}>Choose</option>
          <option value=${NO_TRIGGER} ?selected=${trigger === NO_TRIGGER}>None: no change set it off</option>
          ${newest.map(
            ({ id, kind, target, title, atUs }) =>
              html`<option value=${id} ?selected=${id === trigger}>
                ${formatClock(atUs)} ${CHANGE_KIND_WORDS[kind]} of ${target}: ${title}
              </option>`,
          )}
        </select>
      `,
    );
  }

  private renderOnset(): TemplateResult {
    return question(
      {
        title: "Onset",
        hint: "When did the cause set in? Symptoms and alerts come later.",
        error: this.errors.onset,
      },
      html`<fd-onset-question
        .choices=${this.choices}
        .window=${this.window}
        .onset=${this.draft.onset}
        @keydown=${sendOnEnter}
        @onset-settle=${() => {
          this.dispatchEvent(new Event("onset-settle"));
        }}
      ></fd-onset-question>`,
    );
  }

  private renderPath(): TemplateResult {
    const { draft } = this;
    return question(
      {
        title: "Path",
        hint: "Along which calls did the trouble travel, from the cause to whom it hurts? Click them on the map.",
      },
      html`<fd-path-picker
        .map=${this.map}
        .drawn=${draft.path}
        component=${draft.component}
        @path-toggle=${(event: CustomEvent<{ readonly key: string }>) => {
          this.change(togglePathEdge(draft, event.detail.key));
        }}
      ></fd-path-picker>`,
    );
  }

  private renderConfidence(): TemplateResult {
    const { confidencePercent } = this.draft;
    const { right, wrong } = forecastPoints(confidencePercent / 100);
    return question(
      {
        title: "Confidence",
        hint: "How sure are you that component and class are right? Saying what you believe pays best.",
      },
      html`
        <span class="row">
          <input
            type="range"
            min="0"
            max="100"
            step="5"
            aria-label="Confidence"
            aria-valuetext=${percent(confidencePercent / 100)}
            .value=${live(String(confidencePercent))}
            @input=${(event: InputEvent) => {
              this.change({ confidencePercent: Number((event.target as HTMLInputElement).value) });
            }}
          />
          <output class="data">${percent(confidencePercent / 100)}</output>
          <span class="soft">Right: +${formatNumber(right, 2)} points. Wrong: ${formatNumber(wrong, 2)}.</span>
        </span>
      `,
    );
  }

  private renderExhibits(): TemplateResult {
    const { draft } = this;
    return question(
      {
        title: "Exhibits",
        hint: `What shows it? ${String(draft.exhibits.length)} of at most ${String(EXHIBITS_MAX)}.`,
        error: this.errors.exhibits,
      },
      html`<fd-exhibit-picker
        .exhibits=${this.notebook.exhibits}
        .taken=${draft.exhibits}
        @keydown=${sendOnEnter}
        @exhibit-toggle=${(event: CustomEvent<{ readonly id: string }>) => {
          this.change(toggleExhibit(draft, event.detail.id));
        }}
      ></fd-exhibit-picker>`,
    );
  }

  private renderTexts(): TemplateResult {
    const { draft } = this;
    const sentence = "In a sentence";
    const ask = (name: "scope" | "statusUpdate", title: string, hint: string): TemplateResult =>
      question({ title, hint }, draftText(draft, { name, label: title, rows: 2 }));
    return html`${question(
      { title: sentence, hint: "What happened, as you would tell the next on call.", error: this.errors.sentence },
      draftText(draft, { name: "sentence", label: sentence, rows: 3 }),
    )}
    ${ask("scope", "Scope", "Who is hit: which users, which journeys, how many?")}
    ${ask("statusUpdate", "Status update", "What would you tell everybody now? When do they hear the next?")}`;
  }

  static override styles = [
    sharedStyles,
    columnStyles,
    questionStyles,
    css`
      :host {
        display: block;
      }
      header h2 {
        font-size: var(--text-l);
      }
      fd-class-picker,
      fd-path-picker {
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
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-answer-form": AnswerForm;
  }
}
