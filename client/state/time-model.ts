/**
 * The window that every view shows. A relative window follows the simulated clock
 * in steps, not continuously: between two steps all views draw the same window and their queries stay valid.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import type { RunStore } from "./run-store.js";
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
  private readonly zooms: TimeRangeText[] = [];
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
    return this.zooms.length > 0;
  }

  setWindow(window: TimeWindow | TimeRangeText): void {
    this.zooms.push(this.range);
    if (this.zooms.length > ZOOM_STEPS_MAX) this.zooms.shift();
    this.apply("from" in window ? window : textOf(window));
  }

  undoZoom(): void {
    const before = this.zooms.pop();
    if (before !== undefined) this.apply(before);
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

  private apply(range: TimeRangeText): void {
    const isDefault = range.from === DEFAULT_RANGE.from && range.to === DEFAULT_RANGE.to;
    this.url.set(isDefault ? { from: undefined, to: undefined } : { from: range.from, to: range.to });
  }

  private keyOfRange(): string {
    return `${this.range.from}|${this.range.to}`;
  }
}

const textOf = (window: TimeWindow): TimeRangeText => ({
  from: String(Math.round(window.fromUs)),
  to: String(Math.round(window.toUs)),
});
