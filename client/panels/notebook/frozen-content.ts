/** What was on the screen when something was pinned: a chart, log lines or facts, as they were then. */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ExhibitContent } from "../../../server/wire/run.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import "../../charts/time-chart.js";
import { factListStyles } from "../../elements/fact-list.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { frozenSeries } from "./notebook-model.js";

/** Values longer than this, or of several lines, are set as blocks. */
const INLINE_VALUE_MAX = 80;

@customElement("fd-frozen-content")
export class FrozenContent extends LitElement {
  @property({ attribute: false }) content!: ExhibitContent;
  @property({ attribute: false }) window!: TimeWindow;
  @property() caption = "";

  override render(): TemplateResult {
    const { content } = this;
    if (content.kind === "series") return this.renderSeries(content);
    return content.kind === "lines" ? this.renderLines(content) : this.renderFacts(content);
  }

  private renderSeries(content: Extract<ExhibitContent, { kind: "series" }>): TemplateResult {
    return html`<fd-time-chart
      .series=${frozenSeries(content)}
      .unit=${content.unit}
      .window=${this.window}
      .height=${120}
      .caption=${`${this.caption}, as pinned`}
    ></fd-time-chart>`;
  }

  private renderLines(content: Extract<ExhibitContent, { kind: "lines" }>): TemplateResult {
    return html`
      <div class="lines" tabindex="0" role="group" aria-label="Pinned log lines">
        <ol>
          ${content.lines.map(
            (line) =>
              html`<li class=${line.level}>
                <span class="soft">${formatClock(line.timeUs, 3)}</span>
                <span class="level">${line.level}</span>
                <span class="soft">${line.service}</span>
                ${line.message}
              </li>`,
          )}
        </ol>
      </div>
      ${
        content.total > content.lines.length
          ? html`<p class="soft small">${content.lines.length} of ${content.total} lines.</p>`
          : nothing
      }
    `;
  }

  private renderFacts(content: Extract<ExhibitContent, { kind: "facts" }>): TemplateResult {
    return html`<dl>
      ${content.facts.map(
        ({ name, value }) =>
          html`<dt>${name}</dt>
            <dd>
              ${
                value.length > INLINE_VALUE_MAX || value.includes("\n")
                  ? html`<pre tabindex="0">${value}</pre>`
                  : html`<span class="data">${value}</span>`
              }
            </dd>`,
      )}
    </dl>`;
  }

  static override styles = [
    sharedStyles,
    factListStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
        font-family: var(--font-data);
        font-size: var(--text-s);
      }
      .lines {
        max-height: 160px;
        overflow: auto;
      }
      li {
        overflow-wrap: anywhere;
        padding: 1px 0;
      }
      .error .level {
        color: var(--severity-critical);
      }
      .warn .level {
        color: var(--severity-warning);
      }
      dl {
        grid-template-columns: minmax(60px, max-content) minmax(0, 1fr);
        gap: 2px var(--space-2);
      }
      dt {
        font-size: var(--text-s);
      }
      pre {
        margin: 0;
        max-height: 140px;
        overflow: auto;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-frozen-content": FrozenContent;
  }
}
