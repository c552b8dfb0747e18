/** The answers of queries at one instant as a table, highest value first; every label leads on. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatClock, formatUnit } from "../../charts/format.js";
import "../../elements/empty-state.js";
import "../../elements/pivot-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { valueOf } from "../../net/prometheus.js";
import type { Labels, PrometheusResult } from "../../net/prometheus.js";
import { urlContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import type { TableAnswers } from "./query-answers.js";

const ROWS_MAX = 300;

export interface AnswerRow {
  /** Of the query that it answers. */
  readonly letter: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Rows of all answers, highest value first, what is no number last. */
export function answerRows(answers: TableAnswers): readonly AnswerRow[] {
  const rows = answers.flatMap(({ letter, value }) =>
    value === undefined ? [] : rowsOf(value).map((row) => ({ letter, ...row })),
  );
  const rank = ({ value }: AnswerRow): number => (Number.isNaN(value) ? -Infinity : value);
  return rows.sort((one, other) => (rank(one) === rank(other) ? 0 : rank(other) - rank(one)));
}

function rowsOf(result: PrometheusResult): readonly Omit<AnswerRow, "letter">[] {
  switch (result.resultType) {
    case "vector":
      return result.result.map(({ metric, value }) => ({ labels: metric, value: valueOf(value[1]) }));
    case "matrix":
      return result.result.flatMap(({ metric, values }) => {
        const last = values.at(-1);
        return last === undefined ? [] : [{ labels: metric, value: valueOf(last[1]) }];
      });
    case "scalar":
      return [{ labels: {}, value: valueOf(result.result[1]) }];
    case "string":
      return [];
  }
}

@customElement("fd-answer-table")
export class AnswerTable extends LitElement {
  @property({ attribute: false }) answers: TableAnswers = [];
  @property({ type: Number }) atUs = 0;
  @property() unit = "";
  @consume({ context: urlContext, subscribe: true }) @state() private url: UrlState | undefined;

  override render(): TemplateResult {
    const rows = answerRows(this.answers);
    if (rows.length === 0) return this.renderNone();
    const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== "__name__");
    const several = this.answers.length > 1;
    const named = rows.some(({ labels }) => labels["__name__"] !== undefined);
    return html`<p class="small soft">
        ${rows.length} ${rows.length === 1 ? "row" : "rows"} at ${formatClock(this.atUs)}
        UTC${rows.length > ROWS_MAX ? html`; the first ${ROWS_MAX} are shown, aggregate to see the rest` : nothing}.
      </p>
      <div class="scroll" tabindex="0" role="group" aria-label="Answer">
        <table>
          <thead>
            <tr>
              ${several ? html`<th>query</th>` : nothing} ${named ? html`<th>metric</th>` : nothing}
              ${names.map((name) => html`<th>${name}</th>`)}
              <th class="number">value</th>
            </tr>
          </thead>
          <tbody>
            ${rows.slice(0, ROWS_MAX).map(
              ({ letter, labels, value }) =>
                html`<tr>
                  ${several ? html`<td class="data">${letter}</td>` : nothing}
                  ${named ? html`<td class="data">${labels["__name__"] ?? ""}</td>` : nothing}
                  ${names.map((name) => this.cell(name, labels))}
                  <td class="number">${formatUnit(value, this.unit)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  /** A series has no row where its last scrape failed; the graph shows when it last had a value. */
  private renderNone(): TemplateResult {
    return html`<fd-empty-state heading="No row at ${formatClock(this.atUs)} UTC">
      <p>
        A table asks at one instant. Series that were not scraped then have no row; the graph shows when they last had.
      </p>
      <p>
        <button type="button" @click=${() => this.url?.set({ tab: undefined })}>Show the graph</button>
      </p>
    </fd-empty-state>`;
  }

  private cell(field: string, labels: Labels): TemplateResult {
    const value = labels[field];
    const subject = { field, value, service: labels["job"], atUs: this.atUs };
    return html`<td class="data">
      ${value === undefined ? nothing : html`<fd-pivot-menu .subject=${subject}></fd-pivot-menu>`}
    </td>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      p {
        margin-block: var(--space-1);
      }
      .scroll {
        max-height: 62vh;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-answer-table": AnswerTable;
  }
}
