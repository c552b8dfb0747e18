/** Functions of a profile as a table: own time and total, their shares, and what changed against the baseline. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { formatShare } from "../../charts/format.js";
import { CHANGE_NOISE, changeText } from "../../charts/stack-frames.js";
import { differenceOf } from "../../charts/flame-tree.js";
import type { FunctionRow, Scale } from "../../charts/flame-tree.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { sortFunctions } from "./function-sort.js";
import type { FunctionOrder } from "./function-sort.js";

/** More rows than these nobody reads; a search narrows them. */
const ROWS_MAX = 200;

/** Dispatches `function-open` {name} and `order-change` {order}. */
@customElement("fd-function-table")
export class FunctionTable extends LitElement {
  @property({ attribute: false }) rows: readonly FunctionRow[] = [];
  /** What everything together is: shares are parts of it. */
  @property({ type: Number }) sum = 0;
  /** Where there is a baseline: what both sides are divided by. */
  @property({ attribute: false }) scale: Scale | undefined;
  @property({ attribute: false }) format: (value: number) => string = String;
  @property() order: FunctionOrder = "self";
  @property() chosen = "";
  @property() find = "";

  override render(): TemplateResult {
    const needle = this.find.trim().toLowerCase();
    const matching = this.rows.filter(({ name }) => needle === "" || name.toLowerCase().includes(needle));
    const shown = sortFunctions(matching, this.order, this.scale).slice(0, ROWS_MAX);
    return html`<table>
        <caption class="visually-hidden">
          Functions with what they spent themselves and in all
        </caption>
        <thead>
          <tr>
            <th scope="col">${this.head("name", "Function")}</th>
            <th scope="col" class="number">${this.head("self", "Self")}</th>
            <th scope="col" class="number">${this.head("total", "Total")}</th>
            ${this.scale === undefined ? nothing : html`<th scope="col" class="number">${this.head("change", "Self: change")}</th>`}
          </tr>
        </thead>
        <tbody>
          ${shown.map((row) => this.row(row))}
        </tbody>
      </table>
      ${matching.length > ROWS_MAX ? html`<p class="soft small">${ROWS_MAX} of ${matching.length} functions; search for others.</p>` : nothing}
      ${matching.length === 0 ? html`<p class="soft small">No function of this name.</p>` : nothing}`;
  }

  private head(order: FunctionOrder, title: string): TemplateResult {
    return html`<button
      class="link"
      aria-pressed=${this.order === order ? "true" : "false"}
      title="Order by this column"
      @click=${() => this.dispatchEvent(new CustomEvent("order-change", { detail: { order } }))}
    >
      ${title}${this.order === order ? " ↓" : ""}
    </button>`;
  }

  private row(row: FunctionRow): TemplateResult {
    const { name, self, total } = row;
    return html`<tr class=${name === this.chosen ? "chosen" : ""}>
      <th scope="row">
        <button
          class="link data"
          title="Who calls it, what it calls"
          @click=${() => this.dispatchEvent(new CustomEvent("function-open", { detail: { name } }))}
        >
          ${breakable(name)}
        </button>
      </th>
      <td class="number">${this.figure(self)}</td>
      <td class="number">${this.figure(total)}</td>
      ${this.scale === undefined ? nothing : html`<td class="number">${this.change(row, this.scale)}</td>`}
    </tr>`;
  }

  private figure(value: number): TemplateResult {
    const share = this.sum === 0 ? 0 : value / this.sum;
    return html`<span class="bar" style="--share:${String(share)}"></span>${this.format(value)}
      <span class="soft share">${formatShare(share)}</span>`;
  }

  private change(row: FunctionRow, scale: Scale): TemplateResult {
    const { now, before, change } = differenceOf(row.self, row.baselineSelf, scale);
    const noise = Math.abs(change ?? 1) < CHANGE_NOISE || (now === 0 && before === 0);
    return html`<span class=${noise ? "soft" : now > before ? "more" : "less"}>${changeText(now, before)}</span>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      th .link {
        white-space: nowrap;
      }
      tbody th .link {
        white-space: normal;
      }
      tr.chosen {
        background: var(--accent-soft);
      }
      tbody th {
        white-space: normal;
        overflow-wrap: anywhere;
        min-width: 17ch;
        color: var(--ink);
      }
      td.number {
        position: relative;
        min-width: 96px;
      }
      .bar {
        position: absolute;
        inset: auto 8px 2px auto;
        height: 2px;
        width: calc((100% - 16px) * var(--share));
        background: var(--accent);
      }
      .share {
        display: inline-block;
        min-width: 50px;
      }
      .more {
        color: var(--severity-critical);
      }
      .less {
        color: var(--accent);
      }
    `,
  ];
}

/** May be broken after the module, and where words meet. */
function breakable(name: string): readonly TemplateResult[] {
  return name.split(/(?<=[.#_])/).map((part) => html`${part}<wbr />`);
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-function-table": FunctionTable;
  }
}
