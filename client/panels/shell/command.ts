/**
 * What a command is. Commands of the shell stand in `commands.ts`, those of a view in a table `commands.ts` of its own
 * folder, collected in `panels/view-commands.ts`. The key handler, the help sheet and the palette read the same rows.
 */
import type { ClockSpeed } from "../../../server/wire/run.js";
import type { Preferences } from "../../state/preferences.js";
import type { TimeRangeText } from "../../state/time-range.js";
import type { UrlValues } from "../../state/url-state.js";

export interface CommandRow {
  /** Unique, `view.verb` or `area.verb`: `waterfall.next-span`. */
  readonly id: string;
  /**
   * Ways to type it; each is one or more chords one after the other, parted by a space: `g a`, `mod+k`,
   * `shift+ArrowLeft`, `Space`. `mod` is Ctrl, or Command on a Mac. Of printable keys the character counts: `?`, `|`.
   */
  readonly keys: readonly string[];
  readonly title: string;
  /** One line for the help sheet and the palette. */
  readonly help: string;
}

/**
 * A view's command. The shell dispatches `fd-command` with `{ id }` (bubbling and composed) on the element of the view
 * that has the focus, else on the view; the view listens for it. `local`: the view's own element handles the key while
 * it has the focus, and the row only stands in the help sheet.
 */
export interface ViewCommand extends CommandRow {
  readonly local?: true;
  /** What it does to the address, where that is all it does: nothing is dispatched then. */
  readonly step?: AddressStep;
}

/** Parameters of the view that is open, or of another one that is opened. */
export type AddressStep = (read: (name: string) => string | undefined) => {
  readonly view?: string;
  readonly values: UrlValues;
};

/** Detail of the event `fd-command`. */
export interface CommandDetail {
  readonly id: string;
}

/** What the shell can do; the workspace is the one that does it. */
export interface ShellActions {
  open(view: string): void;
  toggleHelp(): void;
  togglePalette(): void;
  toggleDock(): void;
  focusQuery(): void;
  /** From a field to the view around it. */
  leaveField(): void;
  /** −1 to the part of the view before the focus, 1 to the one behind it. */
  goToPart(direction: -1 | 1): void;
  pin(): void;
  /** What the chart with the focus shows as a table, or the first chart of the view. */
  toggleTable(): void;
  /** Opens the view's menu of exports. */
  exportView(): void;
  togglePause(): void;
  setSpeed(speed: ClockSpeed): void;
  nextEvent(): void;
  pickTime(): void;
  setRange(range: TimeRangeText): void;
  undoZoom(): void;
  redoZoom(): void;
  zoomOut(): void;
  /** −1 back, 1 forward in time. */
  pan(direction: -1 | 1): void;
  toggleCrosshairLock(): void;
  unlockCrosshair(): void;
  toggleSplit(): void;
  focusOtherSide(): void;
  copyLink(): void;
  prefer(change: Partial<Preferences>): void;
  /** Changes the address of the side that is active. */
  go(step: AddressStep): void;
  /** For the view that is open, as `ViewCommand` says. */
  dispatch(id: string): void;
}

export interface Command extends CommandRow {
  /** Heading in the help sheet. */
  readonly group: string;
  /** The view that it applies to; undefined everywhere. */
  readonly view: string | undefined;
  readonly local: boolean;
  readonly run: (shell: ShellActions) => void;
}
