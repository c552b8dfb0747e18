/**
 * The search behind the logs view: asks the level histogram again and again until the server has looked at every line, a
 * slice of time at a time, so that the world goes on meanwhile. What is found so far is shown; it can be stopped.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ApiError } from "../../../server/wire/errors.js";
import type { LogHistogram, LogsRequest } from "../../../server/wire/telemetry.js";
import { errorOf } from "../../controllers/query-controller.js";
import { beginActivity, endActivity } from "../../state/activity.js";

/** Wall time of the world's thread for one question. */
export const SLICE_MS = 60;

export interface SearchOptions {
  /** What is searched for; undefined searches nothing. */
  readonly request: () => LogsRequest | undefined;
  readonly ask: (request: LogsRequest, signal: AbortSignal) => Promise<LogHistogram>;
}

export class LogSearchController implements ReactiveController {
  histogram: LogHistogram | undefined;
  error: ApiError | undefined;
  /** Share of the lines that has been looked at; 1 when all of them have. */
  searched = 1;
  isStopped = false;
  private key: string | undefined;
  private abort: AbortController | undefined;

  /** An update that was due when the host went away still comes: it must not search again. */
  private gone = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly options: SearchOptions,
  ) {
    host.addController(this);
  }

  get isRunning(): boolean {
    return this.abort !== undefined;
  }

  /** Lines found so far. */
  get total(): number | undefined {
    return this.histogram?.buckets.reduce(
      (sum, { counts }) => sum + counts.error + counts.warn + counts.info + counts.debug,
      0,
    );
  }

  hostConnected(): void {
    this.gone = false;
  }

  hostUpdate(): void {
    if (this.gone) return;
    const request = this.options.request();
    const key = request === undefined ? undefined : JSON.stringify(request);
    if (key === this.key) return;
    this.key = key;
    this.halt();
    this.isStopped = false;
    if (request !== undefined) void this.search(request);
  }

  hostDisconnected(): void {
    this.gone = true;
    this.halt();
    this.key = undefined;
  }

  /** Keeps what is found. */
  stop(): void {
    this.halt();
    this.isStopped = true;
    this.host.requestUpdate();
  }

  /** Goes on after `stop`, or tries again after an error. */
  resume(): void {
    const request = this.options.request();
    this.halt();
    this.isStopped = false;
    this.host.requestUpdate();
    if (request !== undefined) void this.search(request);
  }

  private halt(): void {
    this.abort?.abort();
    this.abort = undefined;
  }

  private async search(request: LogsRequest): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    beginActivity();
    try {
      do {
        const histogram = await this.options.ask({ ...request, sliceMs: SLICE_MS }, abort.signal);
        if (abort.signal.aborted) return;
        this.histogram = histogram;
        this.searched = histogram.searched ?? 1;
        this.error = undefined;
        this.host.requestUpdate();
      } while (this.searched < 1);
    } catch (cause) {
      if (!abort.signal.aborted) this.error = errorOf(cause);
    } finally {
      if (this.abort === abort) {
        this.abort = undefined;
        this.host.requestUpdate();
      }
      void this.host.updateComplete.then(endActivity, endActivity);
    }
  }
}
