/** The score: its figure, a bar for each dimension, and below it every part with the formula it came from. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ScoreDimension, ScorePart } from "../../../server/wire/debrief.js";
import { formatNumber } from "../../charts/format.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { pointsMin, scoreBar } from "./score-summary.js";

@customElement("fd-score-section")
export class ScoreSection extends LitElement {
  @property({ type: Number }) score = 0;
  @property({ attribute: false }) dimensions: readonly ScoreDimension[] = [];

  override render(): TemplateResult {
    return html`
      <p class="total"><strong>${formatNumber(this.score, 3)}</strong> <span class="soft">of 100 points</span></p>
      <p class="soft">
        The points of all dimensions, rescaled to 100. Each figure below shows the formula it came from.
      </p>
      ${this.dimensions.map((dimension) => this.renderDimension(dimension))}
    `;
  }

  private renderDimension(dimension: ScoreDimension): TemplateResult {
    const { title, points, pointsMax, parts } = dimension;
    const least = pointsMin(dimension);
    return html`
      <section aria-label=${title}>
        <header>
          <h3>${title}</h3>
          ${bar(points, pointsMax, least)}
          <span class="data points">${formatNumber(points, 3)} / ${formatNumber(pointsMax, 3)}</span>
          ${least < 0 ? html`<span class="soft small">can go down to ${formatNumber(least, 3)}</span>` : ""}
        </header>
        <div class="scroll" tabindex="0" role="group" aria-label="Parts of ${title}">
          <table>
            <thead>
              <tr>
                <th>Part</th>
                <th class="number">Points</th>
                <th>Formula</th>
                <th>Why</th>
              </tr>
            </thead>
            <tbody>
              ${parts.map((part) => renderPart(part))}
            </tbody>
          </table>
        </div>
      </section>
    `;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
      }
      .total strong {
        font-size: var(--text-l);
        font-weight: 600;
      }
      section {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
      }
      header {
        display: grid;
        grid-template-columns: 20% minmax(80px, 320px) max-content 1fr;
        padding-inline-start: var(--space-2);
        gap: var(--space-3);
        align-items: center;
      }
      .bar {
        height: 10px;
        background: var(--surface-2);
        position: relative;
      }
      .bar i {
        position: absolute;
        top: 0;
        bottom: 0;
        background: var(--accent);
      }
      .bar i.lost {
        background: repeating-linear-gradient(
          45deg,
          var(--ink-soft),
          var(--ink-soft) 3px,
          transparent 3px,
          transparent 6px
        );
      }
      .bar b {
        position: absolute;
        top: -3px;
        bottom: -3px;
        width: 1px;
        background: var(--ink);
      }
      /* One grid for the tables of all dimensions. */
      table {
        table-layout: fixed;
        min-width: 640px;
      }
      th:nth-child(1) {
        width: 20%;
      }
      th:nth-child(2) {
        width: 100px;
      }
      th:nth-child(3) {
        width: 38%;
      }
      .formula {
        overflow-wrap: anywhere;
      }
      @container (max-width: 760px) {
        header {
          grid-template-columns: 90px 1fr max-content;
        }
        header .small {
          grid-column: 2;
        }
      }
    `,
  ];
}

function renderPart(part: ScorePart): TemplateResult {
  return html`<tr>
    <td>${part.title}</td>
    <td class="number">${formatNumber(part.points, 3)} / ${formatNumber(part.pointsMax, 3)}</td>
    <td class="formula"><code>${part.formula}</code></td>
    <td class="soft">${part.explanation}</td>
  </tr>`;
}

/** The bar is decoration: the figures beside it say the same. */
function bar(points: number, pointsMax: number, least: number): TemplateResult {
  const { start, width, zero } = scoreBar(points, pointsMax, least);
  const place = `left:${percentage(start)};width:${percentage(width)}`;
  return html`<div class="bar" aria-hidden="true">
    <i class=${points < 0 ? "lost" : ""} style=${place}></i><b style=${`left:${percentage(zero)}`}></b>
  </div>`;
}

const percentage = (share: number): string => `${(share * 100).toFixed(2)}%`;

declare global {
  interface HTMLElementTagNameMap {
    "fd-score-section": ScoreSection;
  }
}
