/** Listens for single-key shortcuts on the window, except while somebody types. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { nextKey } from "./shortcuts.js";
import type { ShortcutCommand } from "./shortcuts.js";

export interface ShortcutActions {
  readonly enabled: () => boolean;
  readonly open: (view: string) => void;
  readonly toggleHelp: () => void;
  readonly toggleDock: () => void;
  readonly undoZoom: () => void;
  readonly togglePause: () => void;
}

/** A `g` that is not followed within this time was a slip. */
const SEQUENCE_MS = 1_500;

export class ShortcutController implements ReactiveController {
  private typed: readonly string[] = [];
  private typedAtMs = 0;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement,
    private readonly actions: ShortcutActions,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("keydown", this.pressed);
  }

  hostDisconnected(): void {
    window.removeEventListener("keydown", this.pressed);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && isUsingKeys(target, event.key)) return;
    if (!this.actions.enabled() && event.key !== "?") return;
    const typed = event.timeStamp - this.typedAtMs < SEQUENCE_MS ? this.typed : [];
    const { keys, command } = nextKey(typed, event.key);
    this.typed = keys;
    this.typedAtMs = event.timeStamp;
    if (command === undefined) return;
    event.preventDefault();
    this.perform(command);
  };

  private perform(command: ShortcutCommand): void {
    const { actions } = this;
    const table: Readonly<Record<ShortcutCommand["kind"], () => void>> = {
      open: () => {
        if (command.kind === "open") actions.open(command.view);
      },
      help: actions.toggleHelp,
      dock: actions.toggleDock,
      "undo-zoom": actions.undoZoom,
      pause: actions.togglePause,
      query: () => {
        focusQuery(this.host.shadowRoot);
      },
      pin: () => {
        void findDeep(this.host.shadowRoot?.querySelector("main") ?? null, "fd-pin-button")?.pin();
      },
      back: () => {
        history.back();
      },
      forward: () => {
        history.forward();
      },
    };
    table[command.kind]();
  }
}

/** Fields and editors take all keys; buttons and links the space bar. */
function isUsingKeys(target: Element, key: string): boolean {
  if (target.closest("input, textarea, select, [contenteditable]:not([contenteditable='false'])") !== null) return true;
  return (
    key === " " &&
    target.closest("button, a, summary, [role='button'], [role='listbox'], [role='menuitem'], dialog") !== null
  );
}

/** The element that a view marks with `data-query`, else its first text field. */
function focusQuery(root: ShadowRoot | null): void {
  const view = root?.querySelector("main")?.firstElementChild?.shadowRoot ?? null;
  const field =
    findDeep(view, "[data-query]") ?? findDeep(view, "input[type='search'], input[type='text'], input:not([type])");
  if (field instanceof HTMLElement) field.focus();
}

/** The first match in `root` or in the shadow roots below it. */
function findDeep<Name extends keyof HTMLElementTagNameMap>(
  root: ParentNode | null,
  selector: Name,
): HTMLElementTagNameMap[Name] | undefined;
function findDeep(root: ParentNode | null, selector: string): Element | undefined;
function findDeep(root: ParentNode | null, selector: string): Element | undefined {
  if (root === null) return undefined;
  const direct = root.querySelector(selector);
  if (direct !== null) return direct;
  for (const element of root.querySelectorAll("*")) {
    const found = element.shadowRoot === null ? undefined : findDeep(element.shadowRoot, selector);
    if (found !== undefined) return found;
  }
  return undefined;
}
