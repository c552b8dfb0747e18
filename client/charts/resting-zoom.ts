/**
 * Where a zoom stands while it is turned: what is drawn follows at once, the address is told when it rests. What the
 * address says counts, unless it only says what it was told.
 */
import type { ZoomRange } from "./waterfall-rows.js";

/** Zooming that has rested for so long goes into the address, ms. */
const RESTS_MS = 150;

export class RestingZoom {
  private live: ZoomRange | undefined;
  private told: ZoomRange | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `tell` gets whole microseconds; undefined for all. */
  constructor(private readonly tell: (zoom: ZoomRange | undefined) => void) {}

  get now(): ZoomRange | undefined {
    return this.live;
  }

  /** By the learner. */
  set(zoom: ZoomRange | undefined): void {
    this.live = zoom;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // Another trace may have come meanwhile, with a zoom of its own.
      const { live } = this;
      this.told = live && { fromUs: Math.round(live.fromUs), toUs: Math.round(live.toUs) };
      this.tell(this.told);
    }, RESTS_MS);
  }

  /** By the address, with which the page goes on. */
  follow(zoom: ZoomRange | undefined): void {
    if (!isSame(zoom, this.told)) this.live = zoom;
  }

  /** By another trace, whatever was told of the one before. */
  restart(zoom: ZoomRange | undefined): void {
    this.live = zoom;
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

const isSame = (one: ZoomRange | undefined, other: ZoomRange | undefined): boolean =>
  one?.fromUs === other?.fromUs && one?.toUs === other?.toUs;
