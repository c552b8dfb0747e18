/** The window of time: shown, typed (with what was understood shown live), from presets; back, forth, wider, copied. */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { formatClock, formatDateTime, formatDurationUs } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import { isRelative, parseRangeText, parseTimeExpression, rangeProblem } from "../../state/time-range.js";
import type { TimeRangeText } from "../../state/time-range.js";
import { timePickerStyles } from "./time-picker.styles.js";
import { copiedRange, fixedRange, rangeLabel, rangePresets, rangeText } from "./time-presets.js";

const PAN_SHARE = 1 / 3;

@customElement("fd-time-picker")
export class TimePicker extends LitElement {
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @state() private open = false;
  @state() private typed = "";
  @state() private copied = false;
  @query(".sheet") private readonly sheet!: HTMLElement | null;
  @query(".current") private readonly trigger!: HTMLElement;
  /** Asked while the sheet is open: changes for "since the last deploy". */
  private readonly changes = new QueryController(this, {
    key: () => (this.open ? this.run.runId : undefined),
    run: (signal) => this.run.queries.changes(signal),
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.time, events: ["window"] });
    this.addEventListener("copy", this.copyEvent);
  }

  override render(): TemplateResult {
    const { time } = this;
    const { fromUs, toUs } = time.window();
    const label = rangeLabel(time.range, time.nowUs);
    return html`${this.move("Earlier", "shift+←", "earlier", () => time.pan(-PAN_SHARE))}
      <button
        class="current"
        aria-haspopup="dialog"
        aria-expanded=${this.open ? "true" : "false"}
        title="Time range (t): ${formatDateTime(fromUs)} to ${formatDateTime(toUs)} UTC"
        @click=${this.toggle}
      >
        ${icon("clock", 14)}<span>${label}</span>${time.range.to === "now" ? nothing : html`<span class="soft small">${formatDurationUs(toUs - fromUs)}</span>`}
      </button>
      ${this.move("Later", "shift+→", "later", () => time.pan(PAN_SHARE))}
      ${this.move("Zoom out", "-", "zoom", () => time.zoomOut())}
      ${this.move("Undo zoom", "z", "undo", () => time.undoZoom(), !time.canUndoZoom)}
      ${time.canRedoZoom ? this.move("Redo zoom", "Z", "redo", () => time.redoZoom()) : nothing}
      ${this.open ? this.choice() : nothing}`;
  }

  private move(label: string, key: string, name: string, act: () => void, disabled = false): TemplateResult {
    return html`<button
      class="quiet move ${name}"
      aria-label=${label}
      title="${label} (${key})"
      ?disabled=${disabled}
      @click=${() => {
        act();
        this.requestUpdate();
      }}
    >
      ${icon(name, 14)}
    </button>`;
  }

  /** Opens the sheet with the present range to edit. */
  show(): void {
    this.typed = rangeText(this.time.range, this.time.nowUs);
    this.copied = false;
    this.open = true;
  }

  private choice(): TemplateResult {
    const { snapshot } = this.run.store;
    const parsed = parseRangeText(this.typed, this.time.nowUs);
    return html`<div class="sheet" popover="auto" role="dialog" aria-label="Time range" @toggle=${this.toggled}>
      <form @submit=${this.submitted}>
        <label for="typed">Range</label>
        <input
          id="typed"
          autocomplete="off"
          spellcheck="false"
          placeholder="30m · 14:02-14:20 · now-1h/h to now · 14:10 ±5m"
          .value=${this.typed}
          aria-describedby="meaning"
          aria-invalid=${this.typed.trim() !== "" && parsed === undefined ? "true" : "false"}
          @input=${(event: Event) => {
            this.typed = (event.target as HTMLInputElement).value;
          }}
        />
        <p id="meaning" class="small soft" aria-live="polite">${this.meaning(parsed)}</p>
        <button class="primary" ?disabled=${parsed === undefined}>Show</button>
      </form>
      <div class="presets">${this.presets()}</div>
      <p class="small soft foot">
        <span
          >Simulated now is ${formatClock(this.time.nowUs)} UTC; the history begins at
          ${formatClock(snapshot.historyFromUs)}.</span
        >
        <span>Your own clock says ${new Date().toTimeString().slice(0, 5)}; it does not matter here.</span>
        <button class="link small" @click=${this.copy}>${this.copied ? "Copied" : "Copy this range"}</button>
        <span>Paste a range anywhere to show it.</span>
      </p>
    </div>`;
  }

  private presets(): readonly TemplateResult[] {
    const { snapshot } = this.run.store;
    const { nowUs } = this.time;
    const deploys = (this.changes.value ?? []).filter(({ kind, atUs }) => kind === "deploy" && atUs <= nowUs);
    const last = deploys.sort((one, other) => other.atUs - one.atUs)[0];
    const presets = rangePresets({
      nowUs,
      historyFromUs: snapshot.historyFromUs,
      firingSinceUs: snapshot.page?.firingSinceUs,
      lastDeploy: last === undefined ? undefined : { title: last.target, atUs: last.atUs },
    });
    const current = this.time.range;
    return presets.map(
      ({ title, range }) =>
        html`<button
          class="quiet ${title.length > 20 ? "long" : ""}"
          aria-pressed=${range.from === current.from && range.to === current.to ? "true" : "false"}
          @click=${() => this.apply(range)}
        >
          ${title}
        </button>`,
    );
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
    sheet.querySelector("input")?.select();
  }

  private apply(range: TimeRangeText): void {
    this.time.setWindow(range);
    this.open = false;
    this.trigger.focus();
  }

  private readonly toggle = (): void => {
    if (this.open) this.open = false;
    else this.show();
  };

  private readonly toggled = (event: Event): void => {
    if ((event as ToggleEvent).newState === "closed") this.open = false;
  };

  private readonly submitted = (event: Event): void => {
    event.preventDefault();
    const parsed = parseRangeText(this.typed, this.time.nowUs);
    if (parsed !== undefined) this.apply(fixedRange(parsed, this.time.nowUs));
  };

  private readonly copy = (): void => {
    void navigator.clipboard.writeText(copiedRange(this.time.window())).then(() => {
      this.copied = true;
    });
  };

  /** Ctrl+C while the focus is here and no text is selected copies the range. */
  private readonly copyEvent = (event: ClipboardEvent): void => {
    const target = event.composedPath()[0];
    const selects = target instanceof HTMLInputElement && target.selectionStart !== target.selectionEnd;
    if (selects || event.clipboardData === null) return;
    event.clipboardData.setData("text/plain", copiedRange(this.time.window()));
    event.preventDefault();
    this.copied = true;
  };

  static override styles = [sharedStyles, timePickerStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-time-picker": TimePicker;
  }
}
