/**
 * The instant that every time axis points at: under the pointer, or held where it was locked. One for the whole page,
 * so that charts, histograms, scatters and the ribbon point at the same moment. A locked instant stands in the URL.
 */
import type { UrlState } from "./url-state.js";

/** Of the search part: the locked instant, µs. */
export const CROSSHAIR_PARAMETER = "crosshair";

/** Where a time axis lies on the page, px of the viewport: what the ribbon aligns itself with. */
export interface PlotSpan {
  readonly left: number;
  readonly right: number;
}

type LockUrl = Pick<UrlState, "get" | "set" | "addEventListener" | "removeEventListener">;

/** Dispatches `changed` when the instant or its lock did, `plots` when a time axis came, went or moved. */
export class CrosshairModel extends EventTarget {
  /** Who points; undefined while nobody does. */
  source: object | undefined;
  private pointedUs: number | undefined;
  private lockedUs: number | undefined;
  private readonly spans = new Map<object, PlotSpan>();

  constructor(private readonly url?: LockUrl) {
    super();
    this.lockedUs = this.urlLock();
    url?.addEventListener("changed", this.onUrl);
  }

  close(): void {
    this.url?.removeEventListener("changed", this.onUrl);
  }

  /** Simulated µs: the locked instant, else the one under the pointer. */
  get atUs(): number | undefined {
    return this.lockedUs ?? this.pointedUs;
  }

  get locked(): boolean {
    return this.lockedUs !== undefined;
  }

  /** `source` is the element under the pointer. While locked this is only remembered. */
  point(atUs: number, source: object): void {
    if (this.pointedUs === atUs && this.source === source) return;
    this.pointedUs = atUs;
    this.source = source;
    if (!this.locked) this.announce();
  }

  /** The pointer left `source`; a pointer that is already over another element stays. */
  leave(source: object): void {
    if (this.source !== source) return;
    this.pointedUs = undefined;
    this.source = undefined;
    if (!this.locked) this.announce();
  }

  /** Holds the instant under the pointer, or lets go of the one that is held. */
  toggleLock(atUs: number | undefined = this.pointedUs): void {
    if (this.locked) this.unlock();
    else if (atUs !== undefined) this.setLock(Math.round(atUs));
  }

  unlock(): void {
    if (this.locked) this.setLock(undefined);
  }

  /** Says where the time axis of `plot` lies; undefined when it is gone. */
  setSpan(plot: object, span: PlotSpan | undefined): void {
    const before = this.spans.get(plot);
    if (before?.left === span?.left && before?.right === span?.right) return;
    if (span === undefined) this.spans.delete(plot);
    else this.spans.set(plot, span);
    this.dispatchEvent(new Event("plots"));
  }

  /** The widest time axis on the page; of equals the first. */
  get widestSpan(): PlotSpan | undefined {
    let widest: PlotSpan | undefined;
    for (const span of this.spans.values())
      if (widest === undefined || span.right - span.left > widest.right - widest.left) widest = span;
    return widest;
  }

  private setLock(atUs: number | undefined): void {
    this.lockedUs = atUs;
    this.url?.set({ [CROSSHAIR_PARAMETER]: atUs === undefined ? undefined : String(atUs) }, { replace: true });
    this.announce();
  }

  private readonly onUrl = (): void => {
    const lock = this.urlLock();
    if (lock === this.lockedUs) return;
    this.lockedUs = lock;
    this.announce();
  };

  private urlLock(): number | undefined {
    const text = this.url?.get(CROSSHAIR_PARAMETER);
    return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
  }

  private announce(): void {
    this.dispatchEvent(new Event("changed"));
  }
}
