/**
 * A list of any length with rows of one height; only what can be seen is in the document. Arrow keys, Page, Home and
 * End move the active row, Enter activates it. The list is one tab stop (`role=listbox`, `aria-activedescendant`).
 */
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { scrollHeight, scrollTopOf, scrollTopShowing, windowAt } from "./virtual-window.js";
import type { ListGeometry, RowWindow } from "./virtual-window.js";

export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** Dispatches `range-change` {first, last} as rows come into view, `row-activate` {index} and `row-select` {index}. */
@customElement("fd-virtual-list")
export class VirtualList extends LitElement {
  @property({ type: Number }) count = 0;
  @property({ type: Number, attribute: "row-height" }) rowHeight = 24;
  @property({ attribute: false }) renderRow: (index: number) => unknown = () => "";
  /** Stays on this row when rows come in above it; -1 is none. */
  @property({ type: Number }) active = -1;
  @property() label = "List";
  /** Change it to draw rows again whose data arrived. */
  @property({ attribute: false }) revision: unknown;
  @state() private scrollTopPx = 0;
  @query(".view") private readonly view!: HTMLElement;
  private readonly size = new ResizeController(this);
  private shown: RowRange = { first: -1, last: -1 };

  /** Puts `index` at the upper edge. */
  scrollToRow(index: number): void {
    this.view.scrollTop = scrollTopOf(this.geometry, index);
  }

  override render(): TemplateResult {
    const { geometry } = this;
    const window = windowAt(geometry, this.scrollTopPx);
    const rows = Array.from({ length: window.last - window.first }, (_, offset) => window.first + offset);
    return html`<div
      class="view"
      tabindex="0"
      role="listbox"
      aria-label=${this.label}
      aria-activedescendant=${this.active >= 0 ? `row-${String(this.active)}` : ""}
      @scroll=${this.scrolled}
      @keydown=${this.pressed}
      @click=${this.clicked}
    >
      <div class="space" role="presentation" style="height:${String(scrollHeight(geometry))}px"></div>
      <div class="rows" role="presentation" style="transform:translateY(${String(window.offset)}px)">
        ${rows.map(
          (index) =>
            html`<div
              id="row-${index}"
              class="line ${index === this.active ? "active" : ""}"
              role="option"
              aria-selected=${index === this.active ? "true" : "false"}
              aria-setsize=${this.count}
              aria-posinset=${index + 1}
              style="height:${String(this.rowHeight)}px"
              data-index=${index}
            >
              ${this.renderRow(index)}
            </div>`,
        )}
      </div>
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("active") && this.active >= 0) {
      this.view.scrollTop = scrollTopShowing(this.geometry, this.view.scrollTop, this.active);
    }
    this.announce(windowAt(this.geometry, this.scrollTopPx));
  }

  private get geometry(): ListGeometry {
    return { count: this.count, rowHeight: this.rowHeight, viewHeight: this.size.height };
  }

  private announce({ first, last }: RowWindow): void {
    if (first === this.shown.first && last === this.shown.last) return;
    this.shown = { first, last };
    this.dispatchEvent(new CustomEvent<RowRange>("range-change", { detail: this.shown }));
  }

  private readonly scrolled = (): void => {
    this.scrollTopPx = this.view.scrollTop;
  };

  private readonly clicked = (event: Event): void => {
    const row = event.composedPath().find((node) => node instanceof HTMLElement && node.dataset["index"] !== undefined);
    if (row instanceof HTMLElement) this.choose(Number(row.dataset["index"]), true);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && this.active >= 0) {
      this.choose(this.active, true);
      return;
    }
    const page = Math.max(1, Math.floor(this.size.height / this.rowHeight) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.count - 1,
    };
    const target = moves[event.key];
    if (target === undefined || this.count === 0) return;
    event.preventDefault();
    this.choose(Math.min(this.count - 1, Math.max(0, target)), false);
  };

  private choose(index: number, activate: boolean): void {
    this.active = index;
    this.dispatchEvent(new CustomEvent("row-select", { detail: { index } }));
    if (activate) this.dispatchEvent(new CustomEvent("row-activate", { detail: { index } }));
  }

  static override styles = css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
      min-height: 48px;
      height: 100%;
    }
    .view {
      position: absolute;
      inset: 0;
      overflow: auto;
    }
    .view:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: -2px;
    }
    .rows {
      position: absolute;
      inset-inline: 0;
      top: 0;
    }
    .space {
      width: 1px;
    }
    .line {
      overflow: hidden;
      border-block-end: 1px solid var(--line);
    }
    .line.active {
      background: var(--accent-soft);
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-virtual-list": VirtualList;
  }
}
