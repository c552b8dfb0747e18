/**
 * Live tail: at the upper end of the list the window follows simulated now; while one reads further down it stands still and
 * the lines that have come since are counted. Looks once a second however fast the clock runs.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Wall time between two looks. */
const LOOK_EVERY_MS = 1_000;

export interface TailOptions {
  /** Whether the tail is on and the clock runs. */
  readonly isLive: () => boolean;
  /** Whether the newest line is on the screen. */
  readonly isAtNewest: () => boolean;
  readonly follow: () => void;
  /** Matching lines since the window's end. */
  readonly countNew: (signal: AbortSignal) => Promise<number>;
}

export class TailController implements ReactiveController {
  /** Lines that came while the list stood still. */
  waiting = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private abort: AbortController | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly options: TailOptions,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS);
  }

  hostDisconnected(): void {
    clearInterval(this.timer);
    this.abort?.abort();
    this.abort = undefined;
  }

  /** The list is at the newest line again. */
  reset(): void {
    this.waiting = 0;
    this.abort?.abort();
    this.abort = undefined;
  }

  /** Called once a second. */
  look(): void {
    if (!this.options.isLive()) {
      if (this.waiting > 0) this.reset();
      return;
    }
    if (this.options.isAtNewest()) {
      this.reset();
      this.options.follow();
    } else void this.count();
  }

  /** One question at a time; a failure is shown by the list's own questions. */
  private async count(): Promise<void> {
    if (this.abort !== undefined) return;
    const abort = new AbortController();
    this.abort = abort;
    try {
      const waiting = await this.options.countNew(abort.signal);
      if (abort.signal.aborted || waiting === this.waiting) return;
      this.waiting = waiting;
      this.host.requestUpdate();
    } catch {
      // The next look asks again.
    } finally {
      if (this.abort === abort) this.abort = undefined;
    }
  }
}
