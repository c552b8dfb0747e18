/**
 * `<fd-time-scrubber>`: a slider over the page's window that shows the map as it was at an instant, and plays it like a
 * film. The end of the slider is the whole window again.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";

/** Wall time between two pictures. */
const PICTURE_MS = 800;
/** Positions of the slider. */
const STEPS = 90;
const STEP_US_MIN = 10_000_000;

/** Dispatches `scrub` {atUs: number | undefined}. */
@customElement("fd-time-scrubber")
export class TimeScrubber extends LitElement {
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  /** Undefined: the whole window. */
  @property({ type: Number }) atUs: number | undefined;
  @state() private playing = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  override render(): TemplateResult {
    const { fromUs, toUs } = this.window;
    const stepUs = this.stepUs;
    return html`<button
        aria-label=${this.playing ? "Stop the film" : "Play the window as a film"}
        title=${this.playing ? "Stop" : "Play"}
        @click=${() => {
          if (this.playing) this.stop();
          else this.play();
        }}
      >
        ${icon(this.playing ? "pause" : "play", 14)}
      </button>
      <input
        type="range"
        aria-label="Instant that the map shows"
        aria-valuetext=${this.atUs === undefined ? "the whole window" : formatClock(this.atUs)}
        min=${fromUs + stepUs}
        max=${toUs}
        step=${stepUs}
        .value=${String(this.atUs ?? toUs)}
        @input=${(event: Event) => {
          this.stop();
          this.scrub(Number((event.target as HTMLInputElement).value));
        }}
      />
      <span class="data">${this.atUs === undefined ? "whole window" : formatClock(this.atUs)}</span>
      ${
        this.atUs === undefined
          ? nothing
          : html`<button
              @click=${() => {
                this.stop();
                this.scrub(undefined);
              }}
            >
              ${icon("close", 12)} Whole window
            </button>`
      }`;
  }

  private get stepUs(): number {
    const { fromUs, toUs } = this.window;
    return Math.max(STEP_US_MIN, Math.ceil((toUs - fromUs) / STEPS / STEP_US_MIN) * STEP_US_MIN);
  }

  private play(): void {
    this.playing = true;
    if (this.atUs === undefined || this.atUs + this.stepUs > this.window.toUs)
      this.scrub(this.window.fromUs + this.stepUs);
    this.timer = setInterval(() => {
      const next = (this.atUs ?? this.window.fromUs) + this.stepUs;
      if (next > this.window.toUs) this.stop();
      else this.scrub(next);
    }, PICTURE_MS);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.playing = false;
  }

  private scrub(atUs: number | undefined): void {
    this.dispatchEvent(
      new CustomEvent("scrub", { detail: { atUs: atUs === undefined ? undefined : Math.round(atUs) } }),
    );
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        min-width: 0;
        flex: 1 1 320px;
      }
      input {
        flex: 1;
        min-width: 80px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-time-scrubber": TimeScrubber;
  }
}
