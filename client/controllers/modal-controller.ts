/**
 * Shows a part of an element over the whole page, and holds the focus in it until it goes away (WAI-ARIA APG, dialog
 * pattern: Tab goes round, Escape or a press beside it closes, the focus goes back to where it was).
 *
 * A popover rather than `showModal()`: that makes every other element inert, so that the style of the whole page is
 * computed again at each opening and closing: tens of milliseconds on a full screen. Give the part `popover="manual"`
 * and `modalLayerStyles`, the box in it `role="dialog"`, `aria-modal="true"` and `tabindex="-1"`.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { deepActiveElement, holdsFocus, tabStopsIn } from "../elements/focus-order.js";

interface Modal {
  /** What covers the page; null before it is drawn. */
  layer(): HTMLElement | null;
  /** It was dismissed: let it go away by `hide`. */
  dismissed(): void;
}

export class ModalController implements ReactiveController {
  private before: Element | null = null;
  private shown: HTMLElement | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly modal: Modal,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.hide();
  }

  get isShown(): boolean {
    return this.shown !== undefined;
  }

  /** Shows it and moves the focus to its first control. */
  show(): void {
    const layer = this.modal.layer();
    if (layer === null || this.shown !== undefined) return;
    this.shown = layer;
    this.before = deepActiveElement();
    layer.showPopover();
    layer.addEventListener("pointerdown", this.pressed);
    window.addEventListener("keydown", this.keyed, true);
    focusFirst(layer);
  }

  /** Takes it away and gives the focus back. */
  hide(): void {
    const layer = this.shown;
    if (layer === undefined) return;
    this.shown = undefined;
    layer.removeEventListener("pointerdown", this.pressed);
    window.removeEventListener("keydown", this.keyed, true);
    const held = holdsFocus(layer) || deepActiveElement() === document.body;
    if (layer.isConnected) layer.hidePopover();
    if (held && (this.before instanceof HTMLElement || this.before instanceof SVGElement))
      this.before.focus({ preventScroll: true });
    this.before = null;
  }

  private readonly pressed = (event: PointerEvent): void => {
    if (event.target === event.currentTarget) this.modal.dismissed();
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    const layer = this.shown;
    if (layer === undefined || event.isComposing) return;
    // Of two that lie over each other the upper one has the focus.
    if (!holdsFocus(layer) && deepActiveElement() !== document.body) return;
    if (event.key === "Tab") goRound(layer, event);
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.modal.dismissed();
  };
}

const boxOf = (layer: HTMLElement): HTMLElement | null => layer.querySelector<HTMLElement>("[role='dialog']");

function focusFirst(layer: HTMLElement): void {
  (tabStopsIn(layer)[0] ?? boxOf(layer))?.focus({ preventScroll: true });
}

/** Past the last control comes the first, before the first the last. */
function goRound(layer: HTMLElement, event: KeyboardEvent): void {
  const stops = tabStopsIn(layer);
  const active = deepActiveElement();
  const [edge, other] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  const isOutside = active === boxOf(layer) ? event.shiftKey : !holdsFocus(layer);
  if (stops.length > 0 && active !== edge && !isOutside) return;
  event.preventDefault();
  (other ?? boxOf(layer))?.focus();
}
