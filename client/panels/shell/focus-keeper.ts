/**
 * Nobody who works by keys loses the place: when what has the focus goes away (a button that its own press takes out, a
 * row that is removed, a view that is left), the focus moves to the nearest part around it that is still there. Without
 * this the browser lets it fall to the page, and a screen reader begins again at the top (WCAG 2.4.3, 3.2.2).
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { deepActiveElement } from "../../elements/focus-order.js";

/** What a press sets off may need an answer of the server before it takes the pressed thing away. */
const WATCH_MS = 3_000;
const LOOK_EVERY_MS = 60;

/** Parts of a page that a screen reader announces when the focus comes to them. */
const PARTS =
  "main, section, aside, form, fieldset, article, dialog, li, header, nav, [role='group'], [role='region'], [tabindex]";

export interface FocusKeeperOptions {
  /** Where the focus goes when nothing around what had it is left, and when another view was opened by keys. */
  readonly view: () => HTMLElement | null;
}

export class FocusKeeper implements ReactiveController {
  /** What had the focus when it was last looked at, and all around it from the inside outwards. */
  private around: readonly Element[] = [];
  private pressedAtMs = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly options: FocusKeeperOptions,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("keydown", this.pressed, true);
    window.addEventListener("pointerdown", this.pointed, true);
  }

  hostDisconnected(): void {
    window.removeEventListener("keydown", this.pressed, true);
    window.removeEventListener("pointerdown", this.pointed, true);
    clearTimeout(this.timer);
  }

  /** Call when another view is shown: by keys one goes along, a pointer is there already. */
  viewOpened(): void {
    if (performance.now() - this.pressedAtMs < WATCH_MS || isLost())
      this.options.view()?.focus({ preventScroll: true });
  }

  private readonly pointed = (): void => {
    this.pressedAtMs = Number.NEGATIVE_INFINITY;
    this.around = [];
    clearTimeout(this.timer);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    // What was lost since the last key is found again before this one goes anywhere.
    this.look();
    this.pressedAtMs = performance.now();
    const moves = event.key === "Tab" || event.key.startsWith("Arrow");
    this.watch(this.pressedAtMs + (moves ? LOOK_EVERY_MS : WATCH_MS));
  };

  private watch(untilMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.look();
      if (performance.now() < untilMs) this.watch(untilMs);
    }, LOOK_EVERY_MS);
  }

  /** Remembers where the focus is; brings it back where it was lost. */
  private look(): void {
    if (isLost()) this.restore();
    else this.around = [...outwards(deepActiveElement())];
  }

  private restore(): void {
    const [lost] = this.around;
    // What is still there was left for the browser's own controls: that is no loss.
    if (lost === undefined || (lost instanceof HTMLElement && canHold(lost))) return;
    const part = this.around.find((element) => element instanceof HTMLElement && isThere(element));
    if (part instanceof HTMLElement) focusPart(part);
    else this.options.view()?.focus({ preventScroll: true });
  }
}

/** An element and all that it lies in, through shadow roots. */
function* outwards(from: Element | null): Generator<Element> {
  for (let node: Node | null = from; node !== null; node = node instanceof ShadowRoot ? node.host : node.parentNode)
    if (node instanceof Element) yield node;
}

function isLost(): boolean {
  const active = deepActiveElement();
  return active === null || active === document.body || active === document.documentElement;
}

const canHold = (element: HTMLElement): boolean =>
  element.isConnected && !element.matches(":disabled") && element.checkVisibility();

const isThere = (element: HTMLElement): boolean => element.matches(PARTS) && canHold(element);

/** Parts that Tab does not reach take the focus for once. */
function focusPart(part: HTMLElement): void {
  if (part.hasAttribute("tabindex")) {
    part.focus({ preventScroll: true });
    return;
  }
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
  part.addEventListener(
    "blur",
    () => {
      part.removeAttribute("tabindex");
    },
    { once: true },
  );
}
