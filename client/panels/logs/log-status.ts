/**
 * `<fd-log-status>`: what stands above the lines: lines or patterns, how many match, how far the search has come, whether the
 * newest are shown, and what never came. Dispatches `change-url` {change}, `search-stop`, `search-resume` and `newest`.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock, formatNumber, formatRatio } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { changeUrl } from "./change-url.js";
import "./list-options.js";
import type { ListOptions } from "./logs-query.js";
import { countText, newestText } from "./status-text.js";

/** New lines a second beyond which nobody reads along. */
const READABLE_LINES = 40;

export interface SearchProgress {
  readonly total: number | undefined;
  /** Share of the lines that has been looked at. */
  readonly searched: number;
  readonly isStopped: boolean;
}

export interface TailState {
  /** The tail is on. */
  readonly tailing: boolean;
  /** The clock of the world runs. */
  readonly running: boolean;
  /** The newest line is on the screen. */
  readonly atNewest: boolean;
  /** Lines that came while the list stood still. */
  readonly waiting: number;
  /** Lines that the last step brought. */
  readonly arrived: number;
}

@customElement("fd-log-status")
export class LogStatus extends LitElement {
  @property({ attribute: false }) search: SearchProgress = { total: undefined, searched: 1, isStopped: false };
  /** Rows that equal lines were folded into; undefined where they were not. */
  @property({ attribute: false }) foldedRows: number | undefined;
  @property({ attribute: false }) options!: ListOptions;
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  /** Undefined where the range does not end now. */
  @property({ attribute: false }) tail: TailState | undefined;
  @property({ type: Boolean }) patterns = false;
  /** What is not here of the window, in words. */
  @property({ attribute: false }) missing: string | undefined;
  @property({ attribute: false }) whyHref = "";

  override render(): TemplateResult {
    return html`<div class="row status">
        <span role="tablist" aria-label="Lines as" class="row">
          ${this.tab("Lines", !this.patterns, undefined)}${this.tab("Patterns", this.patterns, "patterns")}
        </span>
        <span data-answer>${countText(this.search.total, this.foldedRows)}</span>
        ${this.renderProgress()}
        <span class="soft data">${formatClock(this.window.fromUs)} – ${formatClock(this.window.toUs)} UTC</span>
        ${this.tail === undefined ? nothing : this.renderTail(this.tail)}
        <span class="space"></span>
        ${this.patterns ? nothing : html`<fd-list-options .options=${this.options}></fd-list-options>`}
      </div>
      ${
        this.missing === undefined
          ? nothing
          : html`<p class="missing warning">${icon("warning", 12)} ${this.missing} <a href=${this.whyHref}>Why</a></p>`
      }`;
  }

  private tab(title: string, isOpen: boolean, show: string | undefined): TemplateResult {
    return html`<button
      role="tab"
      aria-selected=${isOpen ? "true" : "false"}
      @click=${() => {
        changeUrl(this, { show });
      }}
    >
      ${title}
    </button>`;
  }

  private renderProgress(): TemplateResult | typeof nothing {
    const { searched, isStopped } = this.search;
    if (searched >= 1) return nothing;
    const share = formatRatio(searched);
    if (isStopped) {
      return html`<span class="warning">${icon("warning", 12)} stopped after ${share} of the lines, the newest</span>
        ${this.link("Go on", "search-resume")}`;
    }
    return html`<progress max="1" .value=${searched} aria-label="Lines looked at"></progress>
      <span class="soft">${share} looked at</span>
      ${this.link("Stop", "search-stop")}`;
  }

  private link(title: string, event: string): TemplateResult {
    return html`<button
      class="link"
      @click=${() => {
        this.dispatchEvent(new Event(event));
      }}
    >
      ${title}
    </button>`;
  }

  private renderTail({ tailing, running, atNewest, waiting, arrived }: TailState): TemplateResult | typeof nothing {
    if (tailing && atNewest) {
      return arrived > READABLE_LINES && running
        ? html`<span class="soft">+${formatNumber(arrived, 9)} a second, newest shown</span>`
        : nothing;
    }
    return html`<button
      class=${tailing && waiting > 0 ? "held" : "link"}
      @click=${() => {
        this.dispatchEvent(new Event("newest"));
      }}
    >
      ${icon("clock", 12)} ${newestText({ tailing, waiting })}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .status {
        font-size: var(--text-s);
        padding-block-end: var(--space-1);
        border-block-end: 1px solid var(--line);
      }
      .space {
        flex: 1;
      }
      progress {
        width: 90px;
        accent-color: var(--accent);
      }
      .missing {
        font-size: var(--text-s);
      }
      [role="tab"] {
        min-height: 24px;
        font-size: var(--text-s);
      }
      .held {
        border-color: var(--accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-log-status": LogStatus;
  }
}
