/** Listens for the keys of commands on the window, except where somebody types. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ShellActions } from "./command.js";
import { commandsFor } from "./commands.js";
import { chordOf, isSingleKey, nextKey } from "./key-sequence.js";

export interface ShortcutOptions {
  /** Whether single keys do something (WCAG 2.1.4); `?` and keys with a modifier always do. */
  readonly singleKeys: () => boolean;
  /** The view whose commands apply. */
  readonly view: () => string;
  readonly shell: ShellActions;
}

/** A `g` that is not followed within this time was a slip. */
const SEQUENCE_MS = 1_500;

/** The one single key that cannot be switched off: it leads to the switch. */
const HELP_KEY = "?";

export class ShortcutController implements ReactiveController {
  private typed: readonly string[] = [];
  private typedAtMs = 0;

  constructor(
    host: ReactiveControllerHost,
    private readonly options: ShortcutOptions,
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
    if (event.defaultPrevented || event.isComposing || event.key === "Shift" || event.key === "AltGraph") return;
    const chord = chordOf(event);
    if (chord === "Escape" && isInQuery(event.composedPath()[0])) {
      this.options.shell.leaveQuery();
      return;
    }
    if (!this.applies(chord, event.composedPath()[0])) return;
    const before = event.timeStamp - this.typedAtMs < SEQUENCE_MS ? this.typed : [];
    const { typed, command } = nextKey(commandsFor(this.options.view()), before, chord);
    this.typed = typed;
    this.typedAtMs = event.timeStamp;
    if (command === undefined) return;
    // Escape also closes popovers and leaves full screen: those go on doing so.
    if (chord !== "Escape") event.preventDefault();
    command.run(this.options.shell);
  };

  private applies(chord: string, target: EventTarget | undefined): boolean {
    if (target instanceof Element && isUsingKeys(target, chord)) return false;
    return !isSingleKey(chord) || chord === HELP_KEY || this.options.singleKeys();
  }
}

const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";
const PRESSED_BY_SPACE =
  "button, a, summary, [role='button'], [role='listbox'], [role='menuitem'], [role='slider'], dialog";

/** No field has a use for these. */
const FUNCTION_KEY = /^(?:shift\+)?F\d+$/;

/** A field of search that holds words is emptied by the browser first. */
function isInQuery(target: EventTarget | undefined): boolean {
  if (!(target instanceof Element) || target.closest("[data-query]") === null) return false;
  return !(target instanceof HTMLInputElement && target.type === "search" && target.value !== "");
}

/** Fields and editors take all keys but those with a modifier and function keys; buttons and links the space bar. */
function isUsingKeys(target: Element, chord: string): boolean {
  if (target.closest(FIELDS) !== null) return !chord.startsWith("mod+") && !FUNCTION_KEY.test(chord);
  return chord === "Space" && target.closest(PRESSED_BY_SPACE) !== null;
}
