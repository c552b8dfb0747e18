/** The window of time: shown, typed (with what was understood shown live), from presets, and one step back. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { formatClock, formatDateTime, formatDurationUs } from "../../charts/format.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { isRelative, parseRangeText, parseTimeExpression, rangeProblem } from "../../state/time-range.js";
import type { TimeRangeText } from "../../state/time-range.js";
import { rangeLabel, rangePresets } from "./time-presets.js";

@customElement("fd-time-picker")
export class TimePicker extends LitElement {
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @state() private open = false;
  @state() private typed = "";
  @query(".sheet") private readonly sheet!: HTMLElement | null;
  @query(".current") private readonly trigger!: HTMLElement;

  constructor() {
    super();
    new StoreController(this, { target: () => this.time, events: ["window"] });
  }

  override render(): TemplateResult {
    const { time } = this;
    const { fromUs, toUs } = time.window();
    return html`<button
        class="current"
        aria-haspopup="dialog"
        aria-expanded=${this.open ? "true" : "false"}
        title="Time range: ${formatDateTime(fromUs)} to ${formatDateTime(toUs)} UTC"
        @click=${this.toggle}
      >
        ${icon("clock", 14)}<span>${rangeLabel(time.range, time.nowUs)}</span>${time.range.to === "now" ? nothing : html`<span class="soft small">${formatDurationUs(toUs - fromUs)}</span>`}
      </button>
      <button
        class="quiet"
        aria-label="Back to the time range before"
        title="Back to the time range before (z)"
        ?disabled=${!time.canUndoZoom}
        @click=${() => {
          time.undoZoom();
          this.requestUpdate();
        }}
      >
        ${icon("undo", 14)}
      </button>
      ${this.open ? this.choice() : nothing}`;
  }

  /** Opens the sheet and puts the cursor into its field. */
  show(): void {
    this.typed = "";
    this.open = true;
  }

  private choice(): TemplateResult {
    const { snapshot } = this.run.store;
    const presets = rangePresets(snapshot.page?.firingSinceUs, this.time.nowUs);
    const parsed = parseRangeText(this.typed, this.time.nowUs);
    return html`<div class="sheet" popover="auto" role="dialog" aria-label="Time range" @toggle=${this.toggled}>
      <form @submit=${this.submitted}>
        <label for="typed">Range</label>
        <input
          id="typed"
          autocomplete="off"
          spellcheck="false"
          placeholder="30m · 14:02-14:20 · now-1h to now"
          .value=${this.typed}
          aria-describedby="meaning"
          @input=${(event: Event) => {
            this.typed = (event.target as HTMLInputElement).value;
          }}
        />
        <p id="meaning" class="small soft" aria-live="polite">${this.meaning(parsed)}</p>
        <button class="primary" ?disabled=${parsed === undefined}>Show</button>
      </form>
      <div class="presets">
        ${presets.map(
          ({ title, range }) =>
            html`<button
              class="quiet"
              @click=${() => {
                this.apply(range);
              }}
            >
              ${title}
            </button>`,
        )}
      </div>
      <p class="small soft">
        The history begins at ${formatClock(snapshot.historyFromUs)} UTC.
        <button class="link small" @click=${this.copy}>Copy this range</button>
      </p>
    </div>`;
  }

  private meaning(parsed: TimeRangeText | undefined): string {
    if (this.typed.trim() === "") return "Type a range, or drag over a chart.";
    if (parsed === undefined) return rangeProblem(this.typed, this.time.nowUs);
    const fromUs = parseTimeExpression(parsed.from, this.time.nowUs);
    const toUs = parseTimeExpression(parsed.to, this.time.nowUs);
    if (fromUs === undefined || toUs === undefined) return "Not understood.";
    const follows = isRelative(parsed.to) ? ", moving on with the clock" : "";
    return `${formatDateTime(fromUs)} to ${formatClock(toUs)} UTC (${formatDurationUs(toUs - fromUs)})${follows}`;
  }

  override updated(): void {
    const { sheet } = this;
    if (sheet === null || sheet.matches(":popover-open")) return;
    sheet.showPopover();
    const anchor = this.trigger.getBoundingClientRect();
    sheet.style.top = `${String(anchor.bottom + 4)}px`;
    sheet.style.left = `${String(Math.max(4, Math.min(anchor.left, window.innerWidth - sheet.offsetWidth - 8)))}px`;
    sheet.querySelector("input")?.focus();
  }

  private apply(range: TimeRangeText): void {
    this.time.setWindow(range);
    this.open = false;
    this.trigger.focus();
  }

  private readonly toggle = (): void => {
    this.typed = "";
    this.open = !this.open;
  };

  private readonly toggled = (event: Event): void => {
    if ((event as ToggleEvent).newState === "closed") this.open = false;
  };

  private readonly submitted = (event: Event): void => {
    event.preventDefault();
    const parsed = parseRangeText(this.typed, this.time.nowUs);
    if (parsed !== undefined) this.apply(absolute(parsed, this.time.nowUs));
  };

  private readonly copy = (): void => {
    const { fromUs, toUs } = this.time.window();
    void navigator.clipboard.writeText(`${String(fromUs)} to ${String(toUs)}`);
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-flex;
        align-items: center;
      }
      .current {
        gap: var(--space-2);
      }
      .sheet {
        position: fixed;
        inset: auto;
        margin: 0;
        width: 340px;
        padding: var(--space-3);
        color: var(--ink);
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
      }
      form {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: var(--space-1) var(--space-2);
      }
      label {
        grid-column: 1 / -1;
        font-weight: 500;
      }
      form p {
        grid-column: 1 / -1;
        grid-row: 3;
        min-height: 2.9em;
      }
      .presets {
        display: grid;
        grid-template-columns: 1fr 1fr;
        margin-block: var(--space-2);
      }
      .presets button {
        justify-content: flex-start;
      }
    `,
  ];
}

/** Clock times are kept as instants: `14:02` would mean another day after midnight. */
function absolute(range: TimeRangeText, nowUs: number): TimeRangeText {
  const fixed = (expression: string): string =>
    isRelative(expression) ? expression : String(parseTimeExpression(expression, nowUs) ?? expression);
  return { from: fixed(range.from), to: fixed(range.to) };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-time-picker": TimePicker;
  }
}
