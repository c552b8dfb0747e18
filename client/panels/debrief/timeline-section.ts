/** What happened and what was looked at, in one list; a look leads back to exactly what was on the screen. */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { TIMELINE_KINDS, timelineRows, writeOffset } from "../../charts/debrief-timeline.js";
import type { TimelineFact, TimelineKind, TimelineRow } from "../../charts/debrief-timeline.js";
import { formatClock } from "../../charts/format.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { referenceHref } from "../notebook/notebook-model.js";

@customElement("fd-timeline-section")
export class TimelineSection extends LitElement {
  @property({ attribute: false }) entries: readonly TimelineFact[] = [];
  @property({ attribute: false }) onsetUs: number | undefined;
  @property() runId = "";
  @state() private muted: readonly TimelineKind[] = [];

  override render(): TemplateResult {
    const present = new Set(this.entries.map(({ kind }) => kind));
    const kinds = (Object.keys(TIMELINE_KINDS) as TimelineKind[]).filter((kind) => present.has(kind));
    const rows = timelineRows(this.entries, { onsetUs: this.onsetUs, hidden: this.muted });
    return html`
      <div class="row" role="group" aria-label="Kinds of entries">
        ${kinds.map(
          (kind) =>
            html`<button
              type="button"
              aria-pressed=${this.muted.includes(kind) ? "false" : "true"}
              @click=${() => {
                this.toggle(kind);
              }}
            >
              <span aria-hidden="true">${TIMELINE_KINDS[kind].mark}</span>${TIMELINE_KINDS[kind].word}
            </button>`,
        )}
      </div>
      <div class="scroll" tabindex="0" role="group" aria-label="What happened when">
        <table>
          <thead>
            <tr>
              <th class="number">UTC</th>
              <th class="number">From onset</th>
              <th>What</th>
              <th>Detail</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.renderRow(row))}
          </tbody>
        </table>
      </div>
    `;
  }

  private renderRow(row: TimelineRow): TemplateResult {
    const { mark, word } = TIMELINE_KINDS[row.kind];
    const href = row.reference && referenceHref(this.runId, row.reference);
    return html`<tr class=${row.kind}>
      <td class="number">${formatClock(row.atUs)}</td>
      <td class="number soft">${row.sinceOnsetUs === undefined ? "" : writeOffset(row.sinceOnsetUs)}</td>
      <td>
        <span class="tag"><span aria-hidden="true">${mark}</span>${word}</span>
        ${href === undefined ? row.title : html`<a href=${href} title="Show what was on the screen">${row.title}</a>`}
        ${row.looks > 1 ? html`<span class="soft small">${row.looks} times</span>` : nothing}
      </td>
      <td class="soft">${row.detail ?? ""}</td>
    </tr>`;
  }

  private toggle(kind: TimelineKind): void {
    this.muted = this.muted.includes(kind) ? this.muted.filter((other) => other !== kind) : [...this.muted, kind];
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
      }
      button[aria-pressed="false"] {
        color: var(--ink-soft);
      }
      th.number,
      td.number {
        width: 1%;
      }
      /* A title quotes a query, a detail is an expression or a whole sentence: they break, the table does not grow. */
      td:nth-last-child(-n + 2) {
        overflow-wrap: anywhere;
      }
      td:last-child {
        width: 38%;
      }
      tr.fault td {
        background: var(--severity-critical-soft);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-timeline-section": TimelineSection;
  }
}
