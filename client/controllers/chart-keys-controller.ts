/**
 * Lets a chart over time be read and zoomed by keys (charts/chart-keys.ts says which): keeps where they are, moves the
 * page's crosshair along and says the values there.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { cursorAfter, selectionOf } from "../charts/chart-keys.js";
import type { ChartCursor } from "../charts/chart-keys.js";

export interface ChartKeysOptions {
  readonly window: () => TimeWindow;
  /** Samples to stop at, ascending. */
  readonly timesUs: () => ArrayLike<number>;
  /** Puts the page's crosshair there; undefined takes it away. */
  readonly point: (atUs: number | undefined) => void;
  /** Draws what is selected; undefined: nothing is. */
  readonly select: (selection: TimeWindow | undefined) => void;
  /** Enter over a selection, and without one. */
  readonly zoom: (selection: TimeWindow) => void;
  readonly pick: (atUs: number) => void;
  /** What the chart says at an instant. */
  readonly speak: (atUs: number, selection: TimeWindow | undefined) => string;
  /** The live region. */
  readonly status: () => Element | null;
}

export class ChartKeysController implements ReactiveController {
  private cursor: ChartCursor | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly options: ChartKeysOptions,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.cursor = undefined;
  }

  readonly keyed = (event: KeyboardEvent): void => {
    // Only of the chart itself, not of the marks and buttons that lie over it.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  readonly left = (): void => {
    if (this.cursor === undefined) return;
    this.show(undefined);
    this.options.point(undefined);
  };

  private act(event: KeyboardEvent): boolean {
    const { options, cursor } = this;
    const moved = cursorAfter(cursor, event, options.window(), options.timesUs());
    if (moved !== undefined) {
      this.show(moved);
      options.point(moved.atUs);
      return true;
    }
    const selection = selectionOf(cursor);
    if (event.key === "Escape" && cursor !== undefined) {
      if (selection === undefined) this.left();
      else this.show({ ...cursor, anchorUs: undefined });
      return true;
    }
    if (event.key !== "Enter" || cursor === undefined) return false;
    if (selection === undefined) options.pick(cursor.atUs);
    else {
      this.show({ ...cursor, anchorUs: undefined });
      options.zoom(selection);
    }
    return true;
  }

  private show(cursor: ChartCursor | undefined): void {
    this.cursor = cursor;
    const selection = selectionOf(cursor);
    this.options.select(selection);
    const status = this.options.status();
    if (status !== null) status.textContent = cursor === undefined ? "" : this.options.speak(cursor.atUs, selection);
  }
}
