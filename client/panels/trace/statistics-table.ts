/**
 * `<fd-trace-statistics>`: where the time of one trace went, as a table that sorts by any figure. Dispatches
 * `span-select` {spanId} (the longest of a row) and `table-change` with URL values.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CriticalPath } from "../../charts/critical-path.js";
import { formatDurationUs, formatRatio } from "../../charts/format.js";
import { operationStatistics } from "../../charts/waterfall-statistics.js";
import type { OperationStatistics } from "../../charts/waterfall-statistics.js";
import type { TraceTree } from "../../charts/waterfall-tree.js";
import { icon } from "../../elements/icons.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { scrollTableStyles } from "../../elements/scroll-table.styles.js";
import { sharedStyles } from "../../elements/shared.styles.js";

interface Column {
  readonly id: string;
  readonly title: string;
  readonly value: (row: OperationStatistics) => number;
  readonly text: (row: OperationStatistics) => string;
}

const duration = (id: string, title: string, value: (row: OperationStatistics) => number): Column => ({
  id,
  title,
  value,
  text: (row) => formatDurationUs(value(row)),
});

const COLUMNS: readonly Column[] = [
  { id: "count", title: "Spans", value: (row) => row.spanCount, text: (row) => String(row.spanCount) },
  {
    id: "errors",
    title: "Failed",
    value: (row) => row.errorCount,
    text: (row) => (row.errorCount === 0 ? "–" : String(row.errorCount)),
  },
  {
    id: "critical",
    title: "Critical path",
    value: (row) => row.criticalUs,
    text: (row) => formatRatio(row.criticalRatio),
  },
  duration("self", "Own time", (row) => row.selfUs),
  duration("wait", "Waiting", (row) => row.waitUs),
  duration("total", "Total", (row) => row.totalUs),
  duration("p50", "p50", (row) => row.durationUsP50),
  duration("p95", "p95", (row) => row.durationUsP95),
  duration("max", "Longest", (row) => row.durationUsMax),
];

@customElement("fd-trace-statistics")
export class TraceStatistics extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @property({ attribute: false }) path!: CriticalPath;
  @property() by: "operation" | "service" = "operation";
  /** Id of a column, with `-` in front for the smallest first. */
  @property() sort = "critical";

  override render(): TemplateResult {
    const ascending = this.sort.startsWith("-");
    const column = COLUMNS.find(({ id }) => id === this.sort.replace("-", "")) ?? COLUMNS[2];
    const rows = operationStatistics(this.tree, this.path, this.by);
    if (column !== undefined)
      rows.sort((one, other) => (column.value(other) - column.value(one)) * (ascending ? -1 : 1));
    const most = Math.max(...rows.map(({ criticalRatio }) => criticalRatio), 0);
    return html`<div class="row">
        <div class="segments" role="group" aria-label="Rows">
          ${(["operation", "service"] as const).map(
            (choice) =>
              html`<button
                aria-pressed=${choice === this.by ? "true" : "false"}
                @click=${() => {
                  this.change({ by: choice === "operation" ? undefined : choice });
                }}
              >
                By ${choice}
              </button>`,
          )}
        </div>
        <span class="soft small"
          >Own time is what no span below covers. A press on a name goes to its longest span.</span
        >
      </div>
      <div class="scroll" tabindex="0" role="group" aria-label="Where the time went">
        <table>
          <thead>
            <tr>
              <th>${this.by === "service" ? "Service" : "Operation"}</th>
              ${COLUMNS.map((one) => this.header(one, one === column, ascending))}
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.row(row, most))}
          </tbody>
        </table>
      </div>`;
  }

  private header({ id, title }: Column, sorted: boolean, ascending: boolean): TemplateResult {
    return html`<th class="number" aria-sort=${sorted ? (ascending ? "ascending" : "descending") : nothing}>
      <button
        class="link"
        @click=${() => {
          this.change({ sort: sorted && !ascending ? `-${id}` : id });
        }}
      >
        ${title}${sorted ? (ascending ? " ↑" : " ↓") : ""}
      </button>
    </th>`;
  }

  private row(row: OperationStatistics, most: number): TemplateResult {
    return html`<tr>
      <td>
        ${serviceValue(row.service)}
        <button
          class="link"
          title="Go to the longest of them"
          @click=${() => {
            this.dispatchEvent(new CustomEvent("span-select", { detail: { spanId: row.longestSpanId } }));
          }}
        >
          ${row.name ?? "longest span"}
        </button>
        ${row.kind === undefined ? nothing : html`<span class="soft small">${row.kind}</span>`}
        ${row.errorCount === 0 ? nothing : html`<span class="critical">${icon("critical", 12)}</span>`}
      </td>
      ${COLUMNS.map(
        (column) =>
          html`<td class="number ${column.id}">
            ${
              column.id === "critical"
                ? html`<i style="width:${String(most === 0 ? 0 : (row.criticalRatio / most) * 100)}%"></i>`
                : nothing
            }<span>${column.text(row)}</span>
          </td>`,
      )}
    </tr>`;
  }

  private change(values: Readonly<Record<string, string | undefined>>): void {
    this.dispatchEvent(new CustomEvent("table-change", { detail: values }));
  }

  static override styles = [
    sharedStyles,
    scrollTableStyles,
    css`
      th button.link {
        min-height: 24px;
        white-space: nowrap;
        font-size: inherit;
      }
      td.critical {
        position: relative;
        min-width: 110px;
        color: var(--ink);
      }
      td.critical i {
        position: absolute;
        inset-block: 4px;
        right: 0;
        background: var(--accent-soft);
      }
      td span {
        position: relative;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-statistics": TraceStatistics;
  }
}
