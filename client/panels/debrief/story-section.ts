/** `<fd-story-section>`: the charts that tell the incident, and those that the learner pinned, with the healthy twin laid over. */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { StoryChart } from "../../../server/wire/debrief.js";
import type { LoggedAction, Notebook } from "../../../server/wire/run.js";
import { StoreController } from "../../controllers/store-controller.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { timeContext, urlContext } from "../../state/contexts.js";
import type { TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import type { DebriefAnswer } from "./debrief-answer.js";
import { incidentWindow } from "./incident-window.js";
import { sectionStyles } from "./section.styles.js";
import "./story-chart.js";
import { storyMarkers } from "./story-markers.js";
import { pinnedCharts } from "./story-series.js";

@customElement("fd-story-section")
export class StorySection extends LitElement {
  @property({ attribute: false }) answer!: DebriefAnswer;
  /** What the learner did, and wrote down. */
  @property({ attribute: false }) actions: readonly LoggedAction[] = [];
  @property({ attribute: false }) notebook!: Notebook;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override render(): TemplateResult {
    const { debrief, changes, alerts } = this.answer;
    const { actions, notebook } = this;
    const zoomed = this.url.get("from") !== undefined || this.url.get("to") !== undefined;
    const window = zoomed ? this.time.window() : incidentWindow(debrief);
    const markers = storyMarkers({
      causes: debrief.causes,
      changes,
      alerts,
      actions,
      answeredUs: debrief.submission.onsetUs,
    });
    const told = new Set(debrief.charts.map(({ query }) => query));
    const pinned = pinnedCharts(notebook.exhibits).filter(({ query }) => !told.has(query));
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

  static override styles = [
    sharedStyles,
    sectionStyles,
    css`
      .charts {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-5);
      }
      @container (max-width: 860px) {
        .charts {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-story-section": StorySection;
  }
}
