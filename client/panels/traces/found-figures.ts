/** `<fd-found-figures>`: how many traces were found, how fast and how well they went, and what was not kept of them. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TracesFound } from "../../../server/wire/traces.js";
import { formatCount, formatDurationUs, formatNumber, formatRatio, formatRate } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";

@customElement("fd-found-figures")
export class FoundFigures extends LitElement {
  @property({ attribute: false }) figures!: TracesFound["figures"];
  /** Traces that are listed of them. */
  @property({ type: Number }) listed = 0;
  /** What sampling left out, in sentences. */
  @property({ attribute: false }) notes: readonly string[] = [];
  /** Where it is said why. */
  @property() whyHref = "";

  override render(): TemplateResult {
    const { figures } = this;
    return html`<span data-answer>${this.countText()}</span>
      <span class="data small" title="Traces a second, over the whole time">${formatRate(figures.perSecond)}</span>
      <span class="data small ${figures.failed > 0 ? "critical" : "soft"}"
        >${formatCount(figures.failed)} with errors (${formatRatio(figures.failed / figures.total)})</span
      >
      <span class="data small"
        >p50 ${formatDurationUs(figures.durationUsP50)} · p95 ${formatDurationUs(figures.durationUsP95)} · p99
        ${formatDurationUs(figures.durationUsP99)} · max ${formatDurationUs(figures.durationUsMax)}</span
      >
      ${this.notes.map(
        (note) =>
          html`<span class="warning small">${icon("warning", 12)} ${note} <a href=${this.whyHref}>Why</a></span>`,
      )}`;
  }

  private countText(): TemplateResult {
    const { total } = this.figures;
    return this.listed < total
      ? html`<strong>${formatNumber(this.listed, 9)} of ${formatNumber(total, 9)}</strong> traces shown`
      : html`<strong>${formatNumber(total, 9)}</strong> ${total === 1 ? "trace" : "traces"}`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-found-figures": FoundFigures;
  }
}
