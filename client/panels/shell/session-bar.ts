/** The bar over every view: which incident, simulated time and its controls, users hurt, the window of time, settings. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ClockSpeed, Command, RunState } from "../../../server/wire/run.js";
import { formatClock, formatDateTime, formatDurationUs } from "../../charts/format.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import { DEFAULT_PREFERENCES } from "../../state/preferences.js";
import type { Preferences } from "../../state/preferences.js";
import "./appearance-menu.js";
import "./impact-meter.js";
import "./time-picker.js";

const SPEEDS: readonly ClockSpeed[] = [1, 2, 5];

const STATE_TITLES: Readonly<Record<RunState, string>> = {
  briefing: "Not started",
  investigating: "Running",
  paused: "Paused",
  submitted: "Grading",
  debriefed: "Debriefed",
  abandoned: "Ended",
};

/** The clock is drawn four times a second: its seconds never stand still visibly. */
const CLOCK_EVERY_MS = 250;

/** Dispatches `preferences` (a part of them), `help`, `palette`, `share` and `split`. */
@customElement("fd-session-bar")
export class SessionBar extends LitElement {
  @property({ attribute: false }) preferences: Preferences = DEFAULT_PREFERENCES;
  /** Whether two views stand side by side. */
  @property({ type: Boolean }) split = false;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @state() private refusal: string | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new StoreController(this, { target: () => this.run.store, events: ["changed", "clock", "progress", "connection"] });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => {
      if (this.run.store.snapshot.clock.running) this.requestUpdate();
    }, CLOCK_EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  override render(): TemplateResult {
    const { snapshot } = this.run.store;
    return html`<header>
      <a class="home" href="/" title="All scenarios and runs"
        >${icon("home")}<span class="visually-hidden">Start page</span></a
      >
      <strong class="title" title=${snapshot.run.scenarioTitle}>${snapshot.run.scenarioTitle}</strong>
      ${this.severity()} ${this.clock()} ${this.controls()} ${this.progress()}
      <span class="space"></span>
      <fd-impact-meter></fd-impact-meter>
      <fd-time-picker></fd-time-picker>
      ${this.settings()}
    </header>`;
  }

  /** Opens the sheet of the time range, as its key does. */
  pickTime(): void {
    this.renderRoot.querySelector("fd-time-picker")?.show();
  }

  private severity(): TemplateResult | typeof nothing {
    const page = this.run.store.snapshot.page;
    if (page === undefined) return nothing;
    const level = page.severity === "critical" || page.severity === "page" ? "critical" : "warning";
    return html`<span class="tag ${level}" title="Severity of ${page.alert}">${icon(level, 13)}${page.severity}</span>`;
  }

  private clock(): TemplateResult {
    const { store } = this.run;
    const { run, clock } = store.snapshot;
    const nowUs = store.nowUs();
    const left = clock.endsAtUs - nowUs;
    const wall = wallTime(run.createdAtMs, run.state);
    return html`<span
      class="clock"
      title="Simulated time, ${formatDateTime(nowUs)} UTC; the run ends in ${formatDurationUs(left)}${wall === undefined ? "" : `; ${wall} of your own time`}"
    >
      <time class="data">${formatClock(nowUs)}</time><span class="small soft">UTC</span>
      <span class="small soft state">${store.connection === "lost" ? "No line" : STATE_TITLES[run.state]}</span>
      ${
        wall === undefined
          ? nothing
          : html`<span class="small soft wall" title="Time on your own clock since you took the page"
              >${wall} real</span
            >`
      }
    </span>`;
  }

  private controls(): TemplateResult | typeof nothing {
    const { run, clock } = this.run.store.snapshot;
    if (run.state === "briefing") {
      return html`<button
        class="primary"
        title="Lets the simulated clock run (space)"
        @click=${() => void this.send({ kind: "start" })}
      >
        ${icon("play", 12)}Start
      </button>`;
    }
    if (run.state !== "investigating" && run.state !== "paused") return nothing;
    const paused = run.state === "paused";
    return html`<span class="group" role="group" aria-label="Clock">
        <button
          aria-label=${paused ? "Go on" : "Pause"}
          title=${paused ? "Go on (space)" : "Pause (space)"}
          @click=${() => void this.send({ kind: paused ? "resume" : "pause" })}
        >
          ${icon(paused ? "play" : "pause", 12)}
        </button>
        ${SPEEDS.map(
          (speed) =>
            html`<button
              aria-pressed=${speed === clock.speed ? "true" : "false"}
              title="${String(speed)} simulated seconds a second"
              @click=${() => void this.send({ kind: "set-speed", speed })}
            >
              ${speed}×
            </button>`,
        )}
        <button
          aria-label="Next event"
          title="On to the next alert or change, at most ten simulated minutes"
          ?disabled=${paused}
          @click=${() => void this.send({ kind: "next-event" })}
        >
          ${icon("next", 12)}
        </button>
      </span>
      ${this.refusal === undefined ? nothing : html`<span class="small critical" role="alert">${this.refusal}</span>`}`;
  }

  private progress(): TemplateResult | typeof nothing {
    const { historyProgress } = this.run.store.snapshot;
    if (historyProgress >= 1) return nothing;
    return html`<span class="small soft" title="The hour before the last 15 minutes is still being filled in"
      >History ${Math.floor(historyProgress * 100)} %</span
    >`;
  }

  private settings(): TemplateResult {
    const { dock } = this.preferences;
    return html`<span class="group" role="group" aria-label="Workspace">
      ${this.tool("search", "Command palette", "Search commands, views, services, times (Ctrl K)", "palette")}
      ${this.tool("link", "Copy a link", "Copy a link to this screen at this simulated time (Ctrl Shift L)", "share")}
      ${this.tool("split", "Split the view", "Two views side by side (|)", "split", this.split)}
      <button
        class="quiet"
        aria-pressed=${dock ? "true" : "false"}
        aria-label="Notebook beside the view"
        title="Notebook beside the view (n)"
        @click=${() => this.prefer({ dock: !dock })}
      >
        ${icon("panel")}
      </button>
      <fd-appearance-menu
        .preferences=${this.preferences}
        @preferences=${(event: CustomEvent<Partial<Preferences>>) => this.prefer(event.detail)}
      ></fd-appearance-menu>
      ${this.tool("help", "Help", "Keys and help (?)", "help")}
    </span>`;
  }

  private tool(name: string, label: string, title: string, event: string, pressed?: boolean): TemplateResult {
    return html`<button
      class="quiet"
      aria-label=${label}
      aria-pressed=${pressed === undefined ? nothing : pressed ? "true" : "false"}
      title=${title}
      @click=${() => this.dispatchEvent(new CustomEvent(event))}
    >
      ${icon(name)}
    </button>`;
  }

  private prefer(change: Partial<Preferences>): void {
    this.dispatchEvent(new CustomEvent("preferences", { detail: change }));
  }

  private async send(command: Command): Promise<void> {
    const answer = await this.run.store.send(command);
    this.refusal = answer.ok ? undefined : answer.error.message;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        border-block-end: 1px solid var(--line);
        background: var(--surface-1);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-3);
        min-height: 44px;
        padding: var(--space-1) var(--space-3);
      }
      .home {
        display: inline-flex;
        color: var(--ink-soft);
        padding: var(--space-1);
      }
      .title {
        min-width: 0;
        max-width: 40ch;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 600;
      }
      .clock {
        display: inline-flex;
        align-items: baseline;
        gap: var(--space-1);
        white-space: nowrap;
      }
      time {
        font-size: var(--text-l);
        font-weight: 500;
      }
      .state {
        margin-inline-start: var(--space-1);
        min-width: 58px;
      }
      .group {
        display: inline-flex;
      }
      .group button {
        border-radius: 0;
        margin-inline-start: -1px;
        min-width: var(--control);
        padding: 0 6px;
      }
      .group button:first-child {
        border-start-start-radius: var(--radius);
        border-end-start-radius: var(--radius);
      }
      .group button:last-child {
        border-start-end-radius: var(--radius);
        border-end-end-radius: var(--radius);
      }
      .group button[aria-pressed="true"] {
        position: relative;
        z-index: 1;
      }
      .wall {
        min-width: 66px;
      }
      .space {
        flex: 1;
      }
      /* One line as long as there is room for what is needed: your own time can be asked of the clock. */
      @media (max-width: 1320px) {
        .wall {
          display: none;
        }
        .title {
          max-width: 24ch;
        }
        header {
          column-gap: var(--space-2);
        }
      }
      @media (max-width: 560px) {
        header {
          gap: var(--space-1) var(--space-2);
          padding: var(--space-1) var(--space-2);
        }
        /* A line of its own beside the way home: beside the clock only its first letter would be left. */
        .title {
          flex: 1 0 calc(100% - 40px);
        }
        .space {
          display: none;
        }
      }
    `,
  ];
}

/** Your own time with this page, in small print: the simulated clock is the one that counts. */
function wallTime(sinceMs: number, runState: RunState): string | undefined {
  if (runState !== "investigating" && runState !== "paused") return undefined;
  const minutes = Math.floor(Math.max(0, Date.now() - sinceMs) / 60_000);
  return minutes < 60 ? `${String(minutes)} min` : `${String(Math.floor(minutes / 60))} h`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-session-bar": SessionBar;
  }
}
