/**
 * The debrief: the learner's own sentence first, then the score, answer beside truth, the harm that was done and saved,
 * the story in charts with the healthy twin laid over, what happened when, questions to think on, and a postmortem.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Debrief } from "../../../server/wire/debrief.js";
import type { TimelineFact } from "../../charts/debrief-timeline.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { api } from "../../net/api.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { percent } from "../notebook/notebook-model.js";
import type { DebriefAnswer } from "./debrief-answer.js";
import "./impact-section.js";
import { firstOnset, incidentWindow } from "./incident-window.js";
import "./postmortem-section.js";
import "./questions-section.js";
import "./score-section.js";
import "./story-section.js";
import "./timeline-section.js";
import "./truth-section.js";

const SECTIONS: readonly { readonly id: string; readonly title: string }[] = [
  { id: "score", title: "Score" },
  { id: "truth", title: "Answer and truth" },
  { id: "impact", title: "Impact" },
  { id: "story", title: "Charts" },
  { id: "timeline", title: "Timeline" },
  { id: "questions", title: "Questions" },
  { id: "postmortem", title: "Postmortem" },
];

@customElement("fd-view-debrief")
export class DebriefView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;

  private readonly answer = new QueryController<DebriefAnswer>(this, {
    key: () => (this.run.store.snapshot.run.state === "debriefed" ? this.run.runId : undefined),
    run: (signal) => this.load(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed", "progress"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  override render(): TemplateResult {
    const { run } = this.run.store.snapshot;
    if (run.state === "submitted") return this.renderGrading();
    if (run.state === "abandoned") {
      return html`<fd-empty-state heading="No debrief"
        >This run was given up before a diagnosis came in. <a href="/">All scenarios and your runs</a></fd-empty-state
      >`;
    }
    if (run.state !== "debriefed") {
      return html`<fd-empty-state heading="Not yet">
        The debrief opens when your diagnosis is in. <a href=${this.url.href("submit")}>Submit a diagnosis</a>
      </fd-empty-state>`;
    }
    if (this.answer.error) {
      return html`<fd-error-notice .error=${this.answer.error}></fd-error-notice>
        <p class="pad">
          <button
            type="button"
            @click=${() => {
              this.answer.refresh();
            }}
          >
            Try again
          </button>
        </p>`;
    }
    if (this.answer.value === undefined) return html`<p class="soft pad">Loading the debrief …</p>`;
    return this.renderDebrief(this.answer.value);
  }

  private async load(signal: AbortSignal): Promise<DebriefAnswer> {
    const { queries } = this.run;
    const [debrief, taxonomy, changes, alerts] = await Promise.all([
      queries.debrief(signal),
      api.taxonomy(signal),
      queries.changes(signal),
      queries.alerts(signal),
    ]);
    const map = await queries.map(incidentWindow(debrief), signal);
    return { debrief, taxonomy, changes, alerts, map };
  }

  private renderGrading(): TemplateResult {
    return html`<section class="grading" aria-label="Grading">
      <h2>Grading your diagnosis</h2>
      <p class="soft">
        The world is simulated again without the fault, without your actions and with the reference responder's. That
        takes some seconds.
      </p>
      <fd-progress label="Grading" .fraction=${this.run.store.gradingProgress}></fd-progress>
    </section>`;
  }

  private renderDebrief(answer: DebriefAnswer): TemplateResult {
    const { debrief } = answer;
    const { actions, notebook } = this.run.store.snapshot;
    const onsetUs = firstOnset(debrief);
    const parts: Readonly<Record<string, TemplateResult>> = {
      score: html`<fd-score-section .score=${debrief.score} .dimensions=${debrief.dimensions}></fd-score-section>`,
      truth: html`<fd-truth-section .answer=${answer}></fd-truth-section>`,
      impact: html`<fd-impact-section .answer=${answer} .actions=${actions}></fd-impact-section>`,
      story: html`<fd-story-section .answer=${answer} .actions=${actions} .notebook=${notebook}></fd-story-section>`,
      timeline: html`<fd-timeline-section
        .entries=${[...debrief.timeline, answeredOnset(debrief)]}
        .onsetUs=${onsetUs}
        .runId=${this.run.runId}
      ></fd-timeline-section>`,
      questions: html`<fd-questions-section .questions=${debrief.followUps}></fd-questions-section>`,
      postmortem: html`<fd-postmortem-section
        .text=${debrief.postmortem}
        .href=${`/api/runs/${encodeURIComponent(this.run.runId)}/postmortem.md`}
        .fileName=${`postmortem-${this.run.store.snapshot.run.scenarioId}.md`}
      ></fd-postmortem-section>`,
    };
    return html`
      <nav aria-label="Parts of the debrief">
        ${SECTIONS.map(
          ({ id, title }) =>
            html`<a
              href=${`#${id}`}
              @click=${(event: Event) => {
                this.goTo(event, id);
              }}
              >${title}</a
            >`,
        )}
      </nav>
      <article>
        <header>
          <h1>${debrief.scenarioTitle}</h1>
          <blockquote>
            ${debrief.submission.sentence}
            ${debrief.submission.misfit === undefined ? nothing : html`<p>Did not fit: ${debrief.submission.misfit}</p>`}
            <footer class="soft small">You, with ${percent(debrief.submission.confidence)} confidence</footer>
          </blockquote>
        </header>
        ${SECTIONS.map(
          ({ id, title }) =>
            html`<section id=${id} aria-label=${title}>
              <h2 tabindex="-1">${title}</h2>
              ${parts[id]}
            </section>`,
        )}
      </article>
    `;
  }

  /** A hash would change the path that the application reads: the way there is taken by hand. */
  private goTo(event: Event, id: string): void {
    event.preventDefault();
    event.stopPropagation();
    const section = this.renderRoot.querySelector<HTMLElement>(`#${id}`);
    section?.scrollIntoView({ block: "start" });
    section?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        /* What is hidden from sight lies within what scrolls: else the page around it would scroll as well. */
        position: relative;
        height: 100%;
        overflow: auto;
        container-type: inline-size;
      }
      nav {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-4);
        padding: var(--space-2) var(--space-4);
        background: var(--surface-0);
        border-bottom: 1px solid var(--line);
      }
      article {
        display: flex;
        flex-direction: column;
        gap: var(--space-5);
        max-width: 1100px;
        padding: var(--space-4) var(--space-4) var(--space-6);
      }
      article > header,
      section {
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
        min-width: 0;
      }
      section[id] {
        scroll-margin-top: 44px;
        border-top: 1px solid var(--line);
        padding-top: var(--space-3);
      }
      h2 {
        font-size: var(--text-l);
      }
      h2:focus {
        outline: none;
      }
      blockquote {
        margin: 0;
        padding-inline-start: var(--space-3);
        border-inline-start: 3px solid var(--accent);
        max-width: 78ch;
      }
      p {
        max-width: 78ch;
        line-height: 1.5;
      }
      .grading {
        max-width: 60ch;
        padding: var(--space-4);
      }
      .pad {
        padding: var(--space-3);
      }
    `,
  ];
}

/** Beside the true one, which is the fault's entry. */
const answeredOnset = ({ submission: { onsetUs } }: Debrief): TimelineFact => ({
  atUs: onsetUs,
  kind: "onset",
  title: "The onset that you gave",
});

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-debrief": DebriefView;
  }
}
