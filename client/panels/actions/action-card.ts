/**
 * One action that was taken: how far it is, what it said it would do, the chart of the indicator that it should move,
 * and the way back where there is one.
 */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { LoggedAction } from "../../../server/wire/run.js";
import { formatClock, formatDurationUs } from "../../charts/format.js";
import { unitOfQuery } from "../../charts/query-unit.js";
import "../../charts/time-chart.js";
import type { ChartMarker, ChartSeries } from "../../charts/time-chart.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/error-notice.js";
import "../../elements/progress.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { rangeQuery } from "../../net/range-query.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { storySeries } from "../debrief/story-series.js";
import { actionProgress, undoneAction, watchWindow } from "./action-progress.js";
import type { ActionProgress } from "./action-progress.js";
import { actionTitle } from "./action-text.js";
import type { ChangeTitles } from "./action-text.js";

/** Scrapes come every 10 to 15 simulated seconds; a chart that is asked more often shows nothing new. */
const REFRESH_MS = 5_000;

const STATE_WORDS: Readonly<Record<ActionProgress["state"], string>> = {
  running: "Under way",
  done: "Done",
  undone: "Undone",
};

@customElement("fd-action-card")
export class ActionCard extends LitElement {
  @property({ attribute: false }) action!: LoggedAction;
  @property({ attribute: false }) titleOf: ChangeTitles = (id) => id;
  /** The run is over: nothing can be taken back. */
  @property({ type: Boolean }) closed = false;
  /** A mark on a chart led here: brought into sight and set off. */
  @property({ type: Boolean, reflect: true }) marked = false;
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @state() private failure: ApiError | undefined;
  @state() private undoing = false;

  private readonly watch = new QueryController(this, {
    key: () => [this.action.id, this.watchEndUs()],
    run: (signal) => this.askWatch(this.action.plan.watchQuery, this.action.plan.watchTitle, signal),
    refreshMs: () => (this.run.store.snapshot.clock.running && this.isWatching() ? REFRESH_MS : undefined),
  });

  private readonly watchedAlso = new QueryController(this, {
    key: () => (this.action.plan.watchAlso === undefined ? undefined : [this.action.id, this.watchEndUs()]),
    run: (signal) => {
      const { query = "", title = "" } = this.action.plan.watchAlso ?? {};
      return this.askWatch(query, title, signal);
    },
    refreshMs: () => (this.run.store.snapshot.clock.running && this.isWatching() ? REFRESH_MS : undefined),
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.run.store, events: ["changed", "clock"] });
  }

  /** When it was begun, and when it was done. */
  private times({ state: standing }: ActionProgress): string {
    const { atUs, completesAtUs } = this.action;
    const lasted = standing === "done" && completesAtUs > atUs;
    return `${formatClock(atUs)}${lasted ? ` – ${formatClock(completesAtUs)}` : ""}`;
  }

  override render(): TemplateResult {
    const { action, plan } = this.action;
    const progress = actionProgress(this.action, this.run.store.nowUs());
    const window = watchWindow(this.action, this.run.store.nowUs());
    const mark: ChartMarker = {
      atUs: this.action.atUs,
      kind: "action",
      title: actionTitle(action, this.titleOf),
      id: this.action.id,
    };
    const undone = undoneAction(this.run.store.snapshot.actions, this.action);
    return html`
      <header class="row">
        <h3>${actionTitle(action, this.titleOf)}</h3>
        <span class="tag ${progress.state}">${STATE_WORDS[progress.state]}</span>
        <span class="soft data">${this.times(progress)}</span>
        ${this.renderUndo(progress)}
      </header>
      ${undone ? html`<p class="soft">Takes back what was done at ${formatClock(undone.atUs)}.</p>` : nothing}
      ${
        progress.state === "running"
          ? html`<fd-progress
              .fraction=${progress.fraction}
              label=${`${formatDurationUs(progress.remainingUs)} to go,`}
            ></fd-progress>`
          : nothing
      }
      <p>${plan.summary}</p>
      ${this.failure ? html`<fd-error-notice .error=${this.failure}></fd-error-notice>` : nothing}
      ${this.watch.error ? html`<fd-error-notice .error=${this.watch.error}></fd-error-notice>` : nothing}
      <p class="small">Watch: ${plan.watchTitle}</p>
      <fd-time-chart
        .series=${this.watch.value ?? []}
        .unit=${unitOfQuery(plan.watchQuery)}
        .window=${window}
        .markers=${[mark]}
        .height=${120}
        .caption=${plan.watchTitle}
      ></fd-time-chart>
      ${
        plan.watchAlso === undefined
          ? nothing
          : html`<p class="small">${plan.watchAlso.title}</p>
              <fd-time-chart
                .series=${this.watchedAlso.value ?? []}
                .unit=${unitOfQuery(plan.watchAlso.query)}
                .window=${window}
                .markers=${[mark]}
                .height=${120}
                .caption=${plan.watchAlso.title}
              ></fd-time-chart>`
      }
      <a
        class="small"
        href=${this.url.href("metrics", { query: plan.watchQuery, from: String(window.fromUs), to: "now" })}
      >
        Open in metrics
      </a>
    `;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("marked") && this.marked) this.scrollIntoView({ block: "nearest" });
  }

  private renderUndo(progress: ActionProgress): TemplateResult | typeof nothing {
    const { undo } = this.action.plan;
    if (undo === undefined) return html`<span class="soft small end">Cannot be undone</span>`;
    if (progress.state === "undone" || this.closed) return nothing;
    return html`<button
      type="button"
      class="end"
      ?disabled=${this.undoing || this.run.store.snapshot.run.state !== "investigating"}
      title=${actionTitle(undo)}
      @click=${() => void this.undo()}
    >
      Undo
    </button>`;
  }

  private async undo(): Promise<void> {
    this.undoing = true;
    const answer = await this.run.store.send({ kind: "undo", action: this.action.id });
    this.failure = answer.ok ? undefined : answer.error;
    this.undoing = false;
  }

  /** The end of the window at the last refresh; in steps, so that a tick of the clock asks nothing. */
  private watchEndUs(): number {
    const stepUs = 15_000_000;
    const nowUs = this.run.store.nowUs();
    return Math.floor(Math.min(nowUs, watchWindow(this.action, nowUs).toUs) / stepUs) * stepUs;
  }

  private isWatching(): boolean {
    return this.run.store.nowUs() < watchWindow(this.action, this.run.store.nowUs()).toUs + 60_000_000;
  }

  private async askWatch(query: string, title: string, signal: AbortSignal): Promise<readonly ChartSeries[]> {
    const nowUs = this.run.store.nowUs();
    const { fromUs, toUs } = watchWindow(this.action, nowUs);
    const window = { fromUs, toUs: Math.min(nowUs, toUs) };
    const { series } = await rangeQuery(this.run.queries, { query, window }, signal);
    return storySeries(series, [], title);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
        padding: var(--space-3) 0;
        border-bottom: 1px solid var(--line);
      }
      :host([marked]) {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: var(--space-2);
      }
      .end {
        margin-inline-start: auto;
      }
      .running {
        border-color: var(--accent);
      }
      .undone {
        color: var(--ink-soft);
      }
      fd-time-chart {
        display: block;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-action-card": ActionCard;
  }
}
