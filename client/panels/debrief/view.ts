/**
 * The debrief: the learner's own sentence first, then the score, answer beside truth, the harm that was done and saved,
 * the story in charts with the healthy twin laid over, what happened when, questions to think on, and a postmortem.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Debrief, FollowUp, StoryChart, TroubleEdge } from "../../../server/wire/debrief.js";
import type { FaultClass } from "../../../server/wire/scenario.js";
import type { AlertsAnswer, ChangeRecord, ServiceMap, TimeWindow } from "../../../server/wire/telemetry.js";
import { hopsToCause, markMap, troubledPart } from "../../charts/debrief-graph.js";
import "../../charts/debrief-map.js";
import type { TimelineFact } from "../../charts/debrief-timeline.js";
import { formatClock, formatDurationUs, formatNumber, formatRatio } from "../../charts/format.js";
import { impactSeries, impactTotals, impactWindow } from "../../charts/impact-curves.js";
import type { ImpactWorld } from "../../charts/impact-curves.js";
import "../../charts/time-chart.js";
import type { ChartMarker } from "../../charts/time-chart.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/markdown.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { api } from "../../net/api.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { actionTitle, changeTitles } from "../actions/action-text.js";
import { classTitle, percent } from "../notebook/notebook-model.js";
import "./path-table.js";
import "./postmortem-section.js";
import "./score-section.js";
import { verdicts } from "./score-summary.js";
import "./story-chart.js";
import { storyMarkers } from "./story-markers.js";
import { pinnedCharts } from "./story-series.js";
import "./timeline-section.js";

interface DebriefAnswer {
  readonly debrief: Debrief;
  readonly taxonomy: readonly FaultClass[];
  readonly changes: readonly ChangeRecord[];
  readonly alerts: AlertsAnswer;
  readonly map: ServiceMap;
}

/** What stands before the onset in the charts. */
const LEAD_US = 10 * 60_000_000;

const SECTIONS: readonly { readonly id: string; readonly title: string }[] = [
  { id: "score", title: "Score" },
  { id: "truth", title: "Answer and truth" },
  { id: "impact", title: "Impact" },
  { id: "story", title: "Charts" },
  { id: "timeline", title: "Timeline" },
  { id: "questions", title: "Questions" },
  { id: "postmortem", title: "Postmortem" },
];

const IMPACT_COLORS: Readonly<Record<ImpactWorld, string>> = {
  mine: "var(--series-1)",
  untouched: "var(--series-2)",
  par: "var(--series-3)",
  twin: "var(--series-11)",
};

@customElement("fd-view-debrief")
export class DebriefView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

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
    const onsetUs = firstOnset(debrief);
    const parts: Readonly<Record<string, TemplateResult>> = {
      score: html`<fd-score-section .score=${debrief.score} .dimensions=${debrief.dimensions}></fd-score-section>`,
      truth: this.renderTruth(answer),
      impact: this.renderImpact(answer),
      story: this.renderStory(answer),
      timeline: html`<fd-timeline-section
        .entries=${[...debrief.timeline, answeredOnset(debrief)]}
        .onsetUs=${onsetUs}
        .runId=${this.run.runId}
      ></fd-timeline-section>`,
      questions: html`${debrief.followUps.map((followUp, index) => renderFollowUp(followUp, index))}`,
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

  private renderTruth({ debrief, taxonomy, changes, map }: DebriefAnswer): TemplateResult {
    const titles = new Map(map.nodes.map(({ id, title }) => [id, title]));
    const rows = verdicts(debrief, {
      component: (id) => titles.get(id) ?? id,
      faultClass: (id) => classTitle(taxonomy, id),
      change: (id) => changes.find((change) => change.id === id)?.title ?? id,
      clock: (us) => `${formatClock(us)} UTC`,
      duration: formatDurationUs,
      share: formatRatio,
    });
    const graph = markMap(map, {
      causes: debrief.causes.map(({ component }) => component),
      answer: debrief.submission.component,
      trouble: debrief.trouble,
      path: debrief.submission.path ?? [],
    });
    const hops = hopsToCause(graph);
    return html`
      <div class="scroll" tabindex="0" role="group" aria-label="Your answer beside the truth">
        <table>
          <thead>
            <tr>
              <th><span class="visually-hidden">Line</span></th>
              <th>Your answer</th>
              <th>Truth</th>
              <th>Agree</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ question, answered, truth, agrees, note }) =>
                html`<tr>
                  <th scope="row">${question}</th>
                  <td>${answered}</td>
                  <td>${truth}</td>
                  <td class=${agrees === undefined ? "soft" : agrees ? "ok" : "critical"}>
                    ${agrees === undefined ? "for you to tell" : agrees ? "✓ yes" : "✕ no"}
                    ${note === undefined ? nothing : html`<span class="soft">${note}</span>`}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${debrief.causes.map(({ description }) => html`<p>${description}</p>`)}
      ${
        hops === undefined || hops === 0
          ? nothing
          : html`<p class="soft">Your answer lies ${hops} ${hops === 1 ? "hop" : "hops"} from the cause.</p>`
      }
      <fd-debrief-map .graph=${troubledPart(graph)}></fd-debrief-map>
      <fd-path-table
        .path=${debrief.submission.path ?? []}
        .trouble=${debrief.trouble}
        .causes=${debrief.causes.map(({ component }) => component)}
        .titles=${titles}
      ></fd-path-table>
      ${renderTroubleTable(debrief.trouble, titles)}
      <fd-markdown heading-level="3" .text=${debrief.explanation}></fd-markdown>
    `;
  }

  private renderImpact({ debrief, changes }: DebriefAnswer): TemplateResult {
    const titleOf = changeTitles(changes);
    const { hurt, savedRatio } = impactTotals(debrief.impact);
    const counted = capitalised(debrief.impact.unit ?? "users hurt");
    const series = impactSeries(debrief.impact).map((one) => ({ ...one, color: IMPACT_COLORS[one.world] }));
    const actions = this.run.store.snapshot.actions;
    const mine = actions.map(({ id, action, atUs }): ChartMarker => ({
      id,
      kind: "action",
      atUs,
      title: actionTitle(action, titleOf),
    }));
    return html`
      <dl>
        <dt>${counted} in your run</dt>
        <dd class="data">${formatNumber(hurt.mine)}</dd>
        <dt>If nobody had acted</dt>
        <dd class="data">${formatNumber(hurt.untouched)}</dd>
        <dt>Reference responder</dt>
        <dd class="data">${formatNumber(hurt.par)}</dd>
        <dt>Of what could be saved, you saved</dt>
        <dd class="data">${savedRatio === undefined ? "nothing could be saved" : formatRatio(savedRatio)}</dd>
      </dl>
      <fd-time-chart
        .series=${series}
        .unit=${"/min"}
        .window=${impactWindow(debrief.impact)}
        .markers=${mine}
        .height=${200}
        .caption=${`${counted} per minute: your run, the same world untouched, the reference responder's and the healthy twin`}
      ></fd-time-chart>
      ${
        debrief.referenceActions.length === 0
          ? nothing
          : html`<h3>What the reference responder did</h3>
              <ul>
                ${debrief.referenceActions.map(({ atUs, action }) => html`<li><span class="data">${formatClock(atUs)}</span> ${actionTitle(action, titleOf)}</li>`)}
              </ul>`
      }
    `;
  }

  private renderStory({ debrief, changes, alerts }: DebriefAnswer): TemplateResult {
    const zoomed = this.url.get("from") !== undefined || this.url.get("to") !== undefined;
    const window = zoomed ? this.time.window() : incidentWindow(debrief);
    const { actions } = this.run.store.snapshot;
    const markers = storyMarkers({
      causes: debrief.causes,
      changes,
      alerts,
      actions,
      answeredUs: debrief.submission.onsetUs,
    });
    const told = new Set(debrief.charts.map(({ query }) => query));
    const pinned = pinnedCharts(this.run.store.snapshot.notebook.exhibits).filter(({ query }) => !told.has(query));
    const draw = (chart: StoryChart): TemplateResult =>
      html`<fd-story-chart .chart=${chart} .window=${window} .markers=${markers}></fd-story-chart>`;
    return html`
      <p class="soft">
        Solid: this world. Dashed: its healthy twin, with the same users and the same luck.
        ${
          zoomed
            ? html`<button
                type="button"
                @click=${() => {
                  this.url.set({ from: undefined, to: undefined });
                }}
              >
                Show the whole incident
              </button>`
            : nothing
        }
      </p>
      <div class="charts">${debrief.charts.map(draw)}</div>
      ${
        pinned.length === 0
          ? nothing
          : html`<h3>What you pinned</h3>
              <div class="charts">${pinned.map(draw)}</div>`
      }
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
      dl {
        display: grid;
        grid-template-columns: max-content max-content;
        gap: var(--space-1) var(--space-4);
        margin: 0;
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        text-align: end;
      }
      ul {
        margin: 0;
        padding-inline-start: var(--space-4);
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-5);
      }
      details {
        border-bottom: 1px solid var(--line);
        padding-block: var(--space-2);
        max-width: 78ch;
      }
      summary {
        cursor: pointer;
      }
      details h3 {
        padding-block: var(--space-2) var(--space-1);
      }
      .grading {
        max-width: 60ch;
        padding: var(--space-4);
      }
      .pad {
        padding: var(--space-3);
      }
      @container (max-width: 860px) {
        .charts {
          grid-template-columns: minmax(0, 1fr);
        }
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

function renderTroubleTable(trouble: readonly TroubleEdge[], titles: ReadonlyMap<string, string>): TemplateResult {
  const sorted = [...trouble].sort((left, right) => right.hurtRatio - left.hurtRatio);
  return html`<details>
    <summary data-chart-table>The edges of the trouble in figures, against the healthy twin</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Edges of the trouble">
      <table>
        <thead>
          <tr>
            <th>From</th>
            <th>To</th>
            <th class="number">Calls hurt</th>
            <th class="number">p99</th>
            <th class="number">p99, twin</th>
            <th class="number">Errors</th>
            <th class="number">Errors, twin</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(
            (edge) =>
              html`<tr>
                <td>${titles.get(edge.from) ?? edge.from}</td>
                <td>${titles.get(edge.to) ?? edge.to}</td>
                <td class="number">${formatRatio(edge.hurtRatio)}</td>
                <td class="number">${formatNumber(edge.latencyMsP99)} ms</td>
                <td class="number">${formatNumber(edge.latencyMsP99Twin)} ms</td>
                <td class="number">${formatRatio(edge.errorRatio)}</td>
                <td class="number">${formatRatio(edge.errorRatioTwin)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

/** The question is open; what a strong answer holds is only seen by asking for it. */
function renderFollowUp({ question, strong, redFlags }: FollowUp, index: number): TemplateResult {
  return html`<details>
    <summary>${index + 1}. ${question}</summary>
    <h3>A strong answer</h3>
    <ul>
      ${strong.map((text) => html`<li>${text}</li>`)}
    </ul>
    <h3>Red flags</h3>
    <ul>
      ${redFlags.map((text) => html`<li>${text}</li>`)}
    </ul>
  </details>`;
}

function firstOnset(debrief: Debrief): number | undefined {
  const onsets = debrief.causes.map(({ onsetUs }) => onsetUs);
  return onsets.length === 0 ? undefined : Math.min(...onsets);
}

/** From a little before the onset to the end of the run. */
function incidentWindow(debrief: Debrief): TimeWindow {
  const { fromUs, toUs } = impactWindow(debrief.impact);
  const onsetUs = firstOnset(debrief) ?? fromUs;
  return { fromUs: Math.min(fromUs, onsetUs - LEAD_US), toUs };
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-debrief": DebriefView;
  }
}
