/** The first page: scenarios to take, files that could not be read, and the runs so far. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { RunState, RunSummary } from "../../../server/wire/run.js";
import type { BrokenScenario, ScenarioSummary } from "../../../server/wire/scenario.js";
import { formatLocalMinute, formatNumber } from "../../charts/format.js";
import { QueryController, errorOf } from "../../controllers/query-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { api } from "../../net/api.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";

const STATES: Readonly<Record<RunState, string>> = {
  briefing: "Not started",
  investigating: "Under way",
  paused: "Paused",
  submitted: "Being graded",
  debriefed: "Debriefed",
  abandoned: "Ended",
};

const CONTINUE: Readonly<Record<RunState, string>> = {
  briefing: "Start",
  investigating: "Continue",
  paused: "Continue",
  submitted: "Open",
  debriefed: "Debrief",
  abandoned: "Open",
};

@customElement("fd-start-page")
export class StartPage extends LitElement {
  @consume({ context: urlContext }) @state() private url!: UrlState;
  @state() private starting: string | undefined;
  @state() private failure: ApiError | undefined;
  private readonly scenarios = new QueryController(this, {
    key: () => "scenarios",
    run: (signal) => api.listScenarios(signal),
  });
  private readonly runs = new QueryController(this, { key: () => "runs", run: (signal) => api.listRuns(signal) });

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = "Firedrill";
  }

  override focus(): void {
    this.renderRoot.querySelector("main")?.focus({ preventScroll: true });
  }

  override render(): TemplateResult {
    return html`<main tabindex="-1">
      <header>
        <h1>Firedrill</h1>
        <p class="soft">
          Take the page, investigate a live system, act, and say what was wrong. Everything you see follows from the
          cause; nothing is painted on.
        </p>
      </header>
      <fd-error-notice .error=${this.failure ?? this.scenarios.error ?? this.runs.error}></fd-error-notice>
      ${this.scenarioList()} ${this.runList()} ${this.brokenList(this.scenarios.value?.broken ?? [])}
    </main>`;
  }

  private scenarioList(): TemplateResult {
    const list = this.scenarios.value?.scenarios;
    return html`<section aria-labelledby="scenarios">
      <h2 id="scenarios">Scenarios</h2>
      ${
        list === undefined
          ? this.scenarios.error === undefined
            ? html`<fd-progress label="Loading"></fd-progress>`
            : nothing
          : list.length === 0
            ? html`<fd-empty-state heading="No scenario could be loaded"
                >Put scenario files into the folder <code>scenarios</code>.</fd-empty-state
              >`
            : html`<ul>
                ${list.map((scenario) => this.scenario(scenario))}
              </ul>`
      }
    </section>`;
  }

  private scenario(scenario: ScenarioSummary): TemplateResult {
    return html`<li>
      <div class="about">
        <h3>${scenario.title}</h3>
        <p>${scenario.summary}</p>
        <p class="small soft">${scenario.skills.join(" · ")}</p>
      </div>
      <div class="small facts">
        <span>${scenario.difficulty}</span>
        <span class="soft">${scenario.minutes} minutes</span>
      </div>
      <button
        class="primary"
        ?disabled=${this.starting !== undefined}
        aria-label="Take ${scenario.title}"
        @click=${() => void this.start(scenario.id)}
      >
        ${this.starting === scenario.id ? "Building the world …" : "Take the page"}
      </button>
    </li>`;
  }

  private runList(): TemplateResult | typeof nothing {
    const runs = this.runs.value;
    if (runs === undefined) return nothing;
    const newest = [...runs].sort((one, other) => other.createdAtMs - one.createdAtMs);
    return html`<section aria-labelledby="runs">
      <h2 id="runs">Your runs</h2>
      ${
        newest.length === 0
          ? html`<p class="soft">None yet. A run is one sitting with one scenario; it is kept here with its score.</p>`
          : html`<table>
              <thead>
                <tr>
                  <th>Scenario</th>
                  <th>State</th>
                  <th class="number">Score</th>
                  <th>Begun</th>
                  <th><span class="visually-hidden">Open</span></th>
                </tr>
              </thead>
              <tbody>
                ${newest.map((run) => runRow(run))}
              </tbody>
            </table>`
      }
    </section>`;
  }

  private brokenList(broken: readonly BrokenScenario[]): TemplateResult | typeof nothing {
    if (broken.length === 0) return nothing;
    return html`<section aria-labelledby="broken">
      <h2 id="broken">Files that could not be read</h2>
      ${broken.map(
        ({ file, diagnostics }) =>
          html`<details>
            <summary>
              <span class="warning">${icon("warning", 14)}</span> <code>${file}</code>
              <span class="soft">${diagnostics.length} ${diagnostics.length === 1 ? "problem" : "problems"}</span>
            </summary>
            <ul class="problems">
              ${diagnostics.map(
                ({ line, column, path, message, hint }) =>
                  html`<li>
                    <code>${line}:${column}</code> ${path === undefined ? nothing : html`<code>${path}</code>`}
                    ${message} ${hint === undefined ? nothing : html`<span class="soft">${hint}</span>`}
                  </li>`,
              )}
            </ul>
          </details>`,
      )}
    </section>`;
  }

  private async start(scenarioId: string): Promise<void> {
    this.starting = scenarioId;
    this.failure = undefined;
    try {
      const run = await api.createRun(scenarioId);
      this.url.openRun(run.id);
    } catch (cause) {
      this.failure = errorOf(cause);
    } finally {
      this.starting = undefined;
    }
  }

  static override styles = [
    sharedStyles,
    css`
      main {
        max-width: 920px;
        margin-inline: auto;
        padding: var(--space-6) var(--space-4);
      }
      header {
        max-width: 64ch;
      }
      section {
        margin-block-start: var(--space-6);
      }
      h2 {
        padding-block-end: var(--space-2);
        border-block-end: 1px solid var(--line);
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      section > ul > li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 120px auto;
        gap: var(--space-4);
        align-items: center;
        padding-block: var(--space-3);
        border-block-end: 1px solid var(--line);
      }
      .about {
        display: grid;
        gap: 2px;
      }
      .facts {
        display: flex;
        flex-direction: column;
      }
      .facts span:first-child::first-letter {
        text-transform: uppercase;
      }
      td {
        vertical-align: middle;
      }
      details {
        padding-block: var(--space-2);
        border-block-end: 1px solid var(--line);
      }
      summary {
        cursor: pointer;
      }
      .problems {
        padding: var(--space-2) var(--space-5);
      }
      .problems li {
        padding-block: 2px;
      }
      @media (max-width: 640px) {
        section > ul > li {
          grid-template-columns: 1fr;
          gap: var(--space-2);
        }
        th,
        td {
          padding-inline: 0 var(--space-1);
        }
        td {
          overflow-wrap: anywhere;
        }
        /* Two lines: the day, and the time of it. */
        .begun {
          max-width: 9ch;
        }
      }
    `,
  ];
}

function runRow(run: RunSummary): TemplateResult {
  const view = run.state === "debriefed" ? "debrief" : "brief";
  return html`<tr>
    <td>${run.scenarioTitle}</td>
    <td>${STATES[run.state]}</td>
    <td class="number">${run.score === undefined ? "–" : `${formatNumber(run.score)} / 100`}</td>
    <td class="soft begun">${formatLocalMinute(new Date(run.createdAtMs))}</td>
    <td>
      <a href="/run/${encodeURIComponent(run.id)}/${view}"
        >${CONTINUE[run.state]}<span class="visually-hidden"> ${run.scenarioTitle}</span></a
      >
    </td>
  </tr>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-start-page": StartPage;
  }
}
