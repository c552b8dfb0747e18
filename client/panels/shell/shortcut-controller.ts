/** Listens for the keys of commands on the window, except where somebody types. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ShellActions } from "./command.js";
import { commandsFor } from "./commands.js";
import { chordOf, isSingleKey, nextKey } from "./key-sequence.js";
import { usesKey } from "./key-users.js";
import type { KeyUser } from "./key-users.js";

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
    if (chord === "Escape" && leavesField(event.composedPath())) {
      this.options.shell.leaveField();
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
    if (target instanceof Element && usesKey(keyUserOf(target), chord)) return false;
    return !isSingleKey(chord) || chord === HELP_KEY || this.options.singleKeys();
  }
}

const FIELDS = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";
const SWITCHES = "input[type='checkbox'], input[type='radio'], input[type='range'], input[type='file']";
const PRESSED_BY_SPACE =
  "button, a, summary, [role='button'], [role='listbox'], [role='menuitem'], [role='slider'], dialog";

/** What kind of control an element is, as far as keys matter. */
function keyUserOf(target: Element): KeyUser {
  const field = target.closest(FIELDS);
  if (field instanceof HTMLSelectElement)
    return { kind: "choice", options: Array.from(field.options, ({ text }) => text) };
  if (field?.matches(SWITCHES) === true) return { kind: "switch" };
  if (field !== null) return { kind: "text" };
  return target.closest(PRESSED_BY_SPACE) === null ? { kind: "none" } : { kind: "button" };
}

const VIEWS = "main, fd-side-pane, aside";
const LAYERS = "dialog, [role='dialog'], [popover]";

/** In a field of a view or the notebook beside it, but not of a layer over it; a field of search that holds words is emptied by the browser first. */
function leavesField(path: readonly EventTarget[]): boolean {
  const [target] = path;
  if (!(target instanceof Element) || target.closest(FIELDS) === null) return false;
  if (target instanceof HTMLInputElement && target.type === "search" && target.value !== "") return false;
  const around = path.find((node) => node instanceof Element && node.matches(`${VIEWS}, ${LAYERS}`));
  return around instanceof Element && around.matches(VIEWS);
}
