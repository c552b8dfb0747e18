/**
 * One attribute of a comparison: its name, what differs in words, and a bar of the selection over one of the baseline
 * for each value or range. Dispatches `compare-narrow` {origin, bin, operator}.
 */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CompareAnswer, ComparedAttribute, ComparedBin } from "../../../server/wire/compare.js";
import { formatNumber, formatShare } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { pivotValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { degreeOf, effectSentence, formatMeasure, weightOf } from "./effect-words.js";

/** Bins that a card shows before it is opened. */
const BINS_SHOWN = 5;

export interface NarrowDetail {
  readonly origin: ComparedAttribute["origin"];
  readonly bin: ComparedBin;
  readonly operator: "=" | "!=";
}

@customElement("fd-compared-attribute")
export class ComparedAttributeCard extends LitElement {
  @property({ attribute: false }) attribute: ComparedAttribute | undefined;
  @property({ attribute: false }) answer: CompareAnswer | undefined;
  /** Whether the query can say it. */
  @property({ attribute: false }) canNarrow: (detail: NarrowDetail) => boolean = () => false;
  @state() private open = false;

  override render(): TemplateResult | typeof nothing {
    const { attribute, answer } = this;
    if (attribute === undefined || answer === undefined) return nothing;
    const shown = this.open ? attribute.bins : this.firstBins(attribute);
    // Bars are for telling the two sides apart: the longest that is shown fills the room.
    const most = Math.max(1e-9, ...shown.flatMap((bin) => sharesOf(bin, attribute, answer)));
    return html`<h2>
        <span class="name">${attribute.title}</span>
        <span
          class="tag"
          title=${`Jensen–Shannon divergence ${attribute.divergence.toFixed(3)} bit; beyond chance ${attribute.difference.toFixed(3)}`}
          >${attribute.byDefinition ? "chosen by this" : degreeOf(attribute.difference)}</span
        >
      </h2>
      <p class="small soft">${effectSentence(attribute, answer).replaceAll(" %", "\u00a0%")}</p>
      <table>
        <caption class="visually-hidden">
          ${attribute.title}: share of the selection and of the baseline by value
        </caption>
        <thead>
          <tr>
            <th><span class="visually-hidden">Value</span></th>
            <th><span class="visually-hidden">Selection and baseline</span></th>
            <th><span class="visually-hidden">Counts</span></th>
            <th><span class="visually-hidden">Filter</span></th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((bin) => this.row(bin, attribute, { answer, most }))}
        </tbody>
      </table>
      ${
        attribute.bins.length > BINS_SHOWN
          ? html`<button class="link small" @click=${() => (this.open = !this.open)}>
              ${this.open ? "Fewer" : `All ${String(attribute.bins.length)}`}
            </button>`
          : nothing
      }`;
  }

  /** Of values those that differ most; of numbers, whose order means something, the largest parts in their order. */
  private firstBins({ bins, numbers }: ComparedAttribute): readonly ComparedBin[] {
    if (numbers === undefined || bins.length <= BINS_SHOWN) return bins.slice(0, BINS_SHOWN);
    const sum = (side: "selection" | "baseline"): number =>
      Math.max(
        1e-9,
        bins.reduce((total, bin) => total + bin[side], 0),
      );
    const [selection, baseline] = [sum("selection"), sum("baseline")];
    const share = (bin: ComparedBin): number => Math.max(bin.selection / selection, bin.baseline / baseline);
    const kept = new Set([...bins].sort((one, other) => share(other) - share(one)).slice(0, BINS_SHOWN));
    return bins.filter((bin) => kept.has(bin));
  }

  private row(
    bin: ComparedBin,
    attribute: ComparedAttribute,
    { answer, most }: { readonly answer: CompareAnswer; readonly most: number },
  ): TemplateResult {
    const [selection, baseline] = sharesOf(bin, attribute, answer);
    const label = this.label(bin, attribute);
    return html`<tr>
      <td class="data value" title=${label}><span>${this.value(bin, attribute, label)}</span></td>
      <td class="bars">
        <span class="bar selection" style="width:${String((selection / most) * 100)}%"></span>
        <span class="bar baseline" style="width:${String((baseline / most) * 100)}%"></span>
      </td>
      <td class="number">
        <span class="of-selection"
          >${formatShare(selection)} <span class="soft">(${formatNumber(bin.selection)})</span></span
        ><span class="soft">${formatShare(baseline)} (${formatNumber(bin.baseline)})</span>
      </td>
      <td class="filters">${this.filters(bin, attribute, label)}</td>
    </tr>`;
  }

  /** Of a field, or of the process that served, a value that leads on; of a range or a rest its name. */
  private value({ value }: ComparedBin, { origin }: ComparedAttribute, label: string): TemplateResult | string {
    if (value === undefined) return label;
    if (origin.kind === "served-by") return pivotValue(origin.name, value, { service: origin.service }, label);
    return origin.kind === "field" ? pivotValue(origin.name, value, {}, label) : label;
  }

  private label(bin: ComparedBin, { unit, numbers }: ComparedAttribute): string {
    if (numbers === undefined || bin.fromNumber === undefined || bin.toNumber === undefined) return bin.label;
    if (bin.fromNumber === bin.toNumber) return formatMeasure(bin.fromNumber, unit);
    return `${formatMeasure(bin.fromNumber, unit)} – ${formatMeasure(bin.toNumber, unit)}`;
  }

  private filters(bin: ComparedBin, { origin }: ComparedAttribute, label: string): TemplateResult {
    return html`${(["=", "!="] as const).map((operator) => {
      const detail: NarrowDetail = { origin, bin, operator };
      if (!this.canNarrow(detail)) return nothing;
      const words = operator === "=" ? `Only with ${label}` : `Without ${label}`;
      return html`<button
        class="quiet"
        title=${words}
        aria-label=${words}
        @click=${() => {
          this.dispatchEvent(
            new CustomEvent<NarrowDetail>("compare-narrow", { detail, bubbles: true, composed: true }),
          );
        }}
      >
        ${icon(operator === "=" ? "include" : "exclude", 12)}
      </button>`;
    })}`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface-1);
        padding: var(--space-2) var(--space-3);
        min-width: 0;
      }
      h2 {
        display: flex;
        gap: var(--space-2);
        align-items: baseline;
        justify-content: space-between;
      }
      .name {
        overflow-wrap: anywhere;
        min-width: 0;
      }
      p {
        margin-block: 2px var(--space-1);
        overflow-wrap: anywhere;
      }
      table {
        table-layout: fixed;
      }
      th {
        padding: 0;
        border: 0;
        height: 0;
        line-height: 0;
      }
      td {
        padding: 1px var(--space-1) 1px 0;
        border: 0;
        vertical-align: middle;
      }
      th:nth-child(2) {
        width: 72px;
      }
      th:nth-child(3) {
        width: 116px;
      }
      th:nth-child(4) {
        width: 58px;
      }
      /* Three lines: values of one attribute often begin alike. */
      .value > span {
        display: block;
        max-height: 3.9em;
        line-height: 1.3;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .number {
        line-height: 1.25;
      }
      .number > span {
        display: block;
      }
      .filters {
        white-space: nowrap;
      }
      .filters button {
        min-height: 24px;
        padding: 0 5px;
      }
      .bar {
        display: block;
        height: 7px;
        min-width: 1px;
      }
      .selection {
        background: var(--accent);
      }
      .baseline {
        margin-block-start: 2px;
        background: repeating-linear-gradient(
          135deg,
          var(--line-strong) 0 3px,
          color-mix(in srgb, var(--line-strong) 45%, transparent) 3px 6px
        );
      }
    `,
  ];
}

/** Of the selection, and of the baseline. */
const sharesOf = (
  bin: ComparedBin,
  attribute: ComparedAttribute,
  answer: CompareAnswer,
): readonly [selection: number, baseline: number] => {
  const share = (side: "selection" | "baseline"): number =>
    bin[side] / Math.max(1e-9, weightOf(attribute, side, answer[side].examined));
  return [share("selection"), share("baseline")];
};

declare global {
  interface HTMLElementTagNameMap {
    "fd-compared-attribute": ComparedAttributeCard;
  }
}
