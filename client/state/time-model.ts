/**
 * The window that every view shows. A relative window follows the simulated clock
 * in steps, not continuously: between two steps all views draw the same window and their queries stay valid.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import type { RunStore } from "./run-store.js";
import { movedWindow, widerWindow } from "./time-moves.js";
import { DEFAULT_RANGE, isRelative, resolveWindow } from "./time-range.js";
import type { TimeRangeText } from "./time-range.js";
import type { UrlState } from "./url-state.js";

/** Wall time between two steps of a relative window: metrics are scraped every 15 s, logs and traces come at once. */
const FOLLOW_EVERY_MS = 5_000;

/** Steps of zoom that can be undone. */
const ZOOM_STEPS_MAX = 50;

/** Dispatches `window` when the window changed or moved on. */
export class TimeModel extends EventTarget {
  private frozenNowUs: number;
  private readonly before: TimeRangeText[] = [];
  private readonly after: TimeRangeText[] = [];
  /** Where panning led; another pan goes on from there without a step of its own. */
  private pannedTo: string | undefined;
  private rangeKey: string;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly url: UrlState,
    private readonly store: RunStore,
  ) {
    super();
    this.frozenNowUs = store.nowUs();
    this.rangeKey = this.keyOfRange();
    url.addEventListener("changed", this.onUrl);
    store.addEventListener("clock", this.onClock);
    this.timer = setInterval(() => {
      if (store.snapshot.clock.running) this.follow();
    }, FOLLOW_EVERY_MS);
  }

  close(): void {
    this.url.removeEventListener("changed", this.onUrl);
    this.store.removeEventListener("clock", this.onClock);
    clearInterval(this.timer);
  }

  /** The window all views draw now; the same object's values until the next `window` event. */
  window(): TimeWindow {
    return resolveWindow(this.url, this.frozenNowUs);
  }

  /** Simulated now as of the last step: what `now` meant for `window()`. */
  get nowUs(): number {
    return this.frozenNowUs;
  }

  get range(): TimeRangeText {
    return { from: this.url.get("from") ?? DEFAULT_RANGE.from, to: this.url.get("to") ?? DEFAULT_RANGE.to };
  }

  /** Whether the window moves with the clock. */
  get following(): boolean {
    return isRelative(this.range.from) || isRelative(this.range.to);
  }

  get canUndoZoom(): boolean {
    return this.before.length > 0;
  }

  get canRedoZoom(): boolean {
    return this.after.length > 0;
  }

  setWindow(window: TimeWindow | TimeRangeText): void {
    this.remember();
    this.apply("from" in window ? window : textOf(window));
  }

  undoZoom(): void {
    const before = this.before.pop();
    if (before === undefined) return;
    this.after.push(this.range);
    this.apply(before);
  }

  redoZoom(): void {
    const after = this.after.pop();
    if (after === undefined) return;
    this.before.push(this.range);
    this.apply(after);
  }

  /** Twice the time: what follows the clock goes on following it, else around the middle; not beyond the history. */
  zoomOut(): void {
    this.setWindow(widerWindow(this.range, this.window(), this.bounds));
  }

  /** Moves the window by a part of its length, not beyond the history and now. Successive moves are one step back. */
  pan(share: number): void {
    this.panTo(movedWindow(this.window(), share, this.bounds));
  }

  panTo(window: TimeWindow): void {
    const again = this.pannedTo !== undefined && this.pannedTo === this.keyOfRange();
    if (!again) this.remember();
    this.apply(textOf(window), again);
    this.pannedTo = this.keyOfRange();
  }

  /** From the oldest instant of the history to simulated now. */
  get bounds(): TimeWindow {
    return { fromUs: this.store.snapshot.historyFromUs, toUs: this.store.nowUs() };
  }

  private readonly onUrl = (): void => {
    const key = this.keyOfRange();
    if (key === this.rangeKey) return;
    this.rangeKey = key;
    this.frozenNowUs = this.store.nowUs();
    this.dispatchEvent(new Event("window"));
  };

  /** A pause, a jump to the next event or a reconnection shows at once; a plain tick waits for the next step. */
  private readonly onClock = (): void => {
    const aheadUs = this.store.nowUs() - this.frozenNowUs;
    const { running, speed } = this.store.snapshot.clock;
    if (!running ? aheadUs !== 0 : aheadUs > 2 * FOLLOW_EVERY_MS * 1_000 * speed) this.follow();
  };

  private follow(): void {
    this.frozenNowUs = this.store.nowUs();
    if (this.following) this.dispatchEvent(new Event("window"));
  }

  private remember(): void {
    this.before.push(this.range);
    if (this.before.length > ZOOM_STEPS_MAX) this.before.shift();
    this.after.length = 0;
  }

  private apply(range: TimeRangeText, replace = false): void {
    const isDefault = range.from === DEFAULT_RANGE.from && range.to === DEFAULT_RANGE.to;
    this.url.set(isDefault ? { from: undefined, to: undefined } : { from: range.from, to: range.to }, { replace });
  }

  private keyOfRange(): string {
    return `${this.range.from}|${this.range.to}`;
  }
}

const textOf = (window: TimeWindow): TimeRangeText => ({
  from: String(Math.round(window.fromUs)),
  to: String(Math.round(window.toUs)),
});
