/**
 * The bar between two parts of the page that moves their border: by pointer, or by arrow keys with the focus on it
 * (WAI-ARIA APG, window splitter). `value` is the share of the first part in percent of `against`.
 */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { sharedStyles } from "./shared.styles.js";

const KEY_STEP = 2;

/** Dispatches `splitter-move` {value, done}: `done` when the pointer was let go or a key was pressed. */
@customElement("fd-splitter")
export class Splitter extends LitElement {
  @property({ type: Number }) value = 50;
  @property({ type: Number }) min = 20;
  @property({ type: Number }) max = 80;
  @property() label = "";
  /** Whether the value is the share of the part after the bar. */
  @property({ type: Boolean }) reverse = false;
  /** The box that the value is a share of; the parent's where left out. */
  @property({ attribute: false }) against: (() => Element | null) | undefined;
  private dragging = false;

  override render(): TemplateResult {
    return html`<div
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label=${this.label}
      aria-valuenow=${Math.round(this.value)}
      aria-valuemin=${this.min}
      aria-valuemax=${this.max}
      @keydown=${this.keyed}
      @pointerdown=${this.pressed}
      @pointermove=${this.moved}
      @pointerup=${this.released}
      @pointercancel=${this.released}
    ></div>`;
  }

  private move(value: number, done: boolean): void {
    const kept = Math.min(this.max, Math.max(this.min, value));
    this.dispatchEvent(new CustomEvent("splitter-move", { detail: { value: kept, done } }));
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (direction !== undefined) this.move(this.value + direction * (this.reverse ? -1 : 1) * KEY_STEP, true);
    else if (event.key === "Home") this.move(this.min, true);
    else if (event.key === "End") this.move(this.max, true);
    else return;
    event.preventDefault();
  };

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.dragging = true;
  };

  private readonly moved = (event: PointerEvent): void => {
    if (this.dragging) this.move(this.shareAt(event.clientX), false);
  };

  private readonly released = (event: PointerEvent): void => {
    if (!this.dragging) return;
    this.dragging = false;
    this.move(this.shareAt(event.clientX), true);
  };

  private shareAt(x: number): number {
    const box = (this.against?.() ?? this.parentElement)?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return this.value;
    const share = ((x - box.left) / box.width) * 100;
    return this.reverse ? 100 - share : share;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        width: 7px;
        background: var(--line);
        background-clip: content-box;
        padding-inline: 3px;
        cursor: col-resize;
      }
      :host(:hover),
      :host(:focus-within) {
        background-color: var(--accent);
      }
      div {
        height: 100%;
        margin-inline: -3px;
        touch-action: none;
      }
      div:focus-visible {
        outline-offset: -2px;
      }
      @media (max-width: 900px) {
        :host {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-splitter": Splitter;
  }
}
