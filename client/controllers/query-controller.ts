/**
 * One question to the server, asked again when its key changes. The last answer stays on the screen while the next one
 * loads, stale questions are aborted, and the page's idle flag waits for it.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ApiError } from "../../server/wire/errors.js";
import { ApiFailure } from "../net/api.js";
import { beginActivity, endActivity } from "../state/activity.js";
import { pageQuestions } from "../state/question-watch.js";

export interface QueryOptions<Value> {
  /** What the answer depends on, compared as JSON at every update of the host; undefined asks nothing. */
  readonly key: () => unknown;
  readonly run: (signal: AbortSignal) => Promise<Value>;
  /** Ask again this long (wall time) after an answer came; undefined is never. */
  readonly refreshMs?: () => number | undefined;
}

/** A server that does not answer is asked again after these times, ms, the last of them over and over. */
const RETRY_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000];

const STOPPED: ApiError = {
  code: "unavailable",
  message: "Stopped before the answer came.",
  remedy: "Ask again, or narrow the range or the query.",
};

export class QueryController<Value> implements ReactiveController {
  /** The newest answer, possibly to an earlier key. */
  value: Value | undefined;
  /** Why the newest question failed; undefined once one succeeds. */
  error: ApiError | undefined;
  pending = false;
  /** The key that `value` answers. */
  answeredKey: string | undefined;
  private askedKey: string | undefined;
  private abort: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** An update that was due when the host went away still comes: it must not ask again. */
  private gone = false;
  /** Times in a row that the server did not answer at all. */
  private unanswered = 0;
  private readonly question = { stop: () => this.stop(), again: () => this.refresh() };

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly options: QueryOptions<Value>,
  ) {
    host.addController(this);
  }

  /** True while `value` answers an older key than the one that is asked. */
  get stale(): boolean {
    return this.pending && this.answeredKey !== this.askedKey;
  }

  hostConnected(): void {
    this.gone = false;
  }

  hostUpdate(): void {
    if (this.gone) return;
    const key = this.options.key();
    const text = key === undefined ? undefined : JSON.stringify(key);
    if (text === this.askedKey) {
      this.resume();
      return;
    }
    this.askedKey = text;
    if (text === undefined) this.cancel();
    else void this.ask(text);
  }

  hostDisconnected(): void {
    this.gone = true;
    this.cancel();
    this.askedKey = undefined;
  }

  /** Asks again now, for example after a command that changes the answer. */
  refresh(): void {
    if (this.askedKey !== undefined) void this.ask(this.askedKey);
  }

  /** Gives the question up; the last answer stays, and nothing is asked by itself until the key changes. */
  stop(): void {
    if (!this.pending) return;
    this.cancel();
    this.error = STOPPED;
    pageQuestions.end(this.question, "stopped");
    this.host.requestUpdate();
  }

  private async ask(key: string): Promise<void> {
    this.cancel();
    const abort = new AbortController();
    this.abort = abort;
    this.pending = true;
    pageQuestions.begin(this.question);
    beginActivity();
    try {
      const value = await this.options.run(abort.signal);
      if (abort.signal.aborted) return;
      this.value = value;
      this.error = undefined;
      this.unanswered = 0;
      this.answeredKey = key;
    } catch (cause) {
      if (abort.signal.aborted) return;
      this.unanswered = cause instanceof ApiFailure && cause.status === 0 ? this.unanswered + 1 : 0;
      // The page says once that the server is away; what answers this very question stays as it was, nothing jumps.
      this.error = this.unanswered > 0 && this.answeredKey === key ? undefined : errorOf(cause);
    } finally {
      if (!abort.signal.aborted) {
        this.pending = false;
        this.abort = undefined;
        pageQuestions.end(this.question, this.unanswered === 0 ? "answered" : "unreached");
        this.host.requestUpdate();
        this.schedule();
      }
      // After the host has drawn the answer, so that "idle" means "on the screen".
      void this.host.updateComplete.then(endActivity, endActivity);
    }
  }

  private schedule(): void {
    const retryMs = this.unanswered === 0 ? undefined : RETRY_MS[Math.min(this.unanswered, RETRY_MS.length) - 1];
    const afterMs = retryMs ?? this.options.refreshMs?.();
    if (afterMs === undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.refresh();
    }, afterMs);
  }

  /** A refresh that was not wanted when the last answer came (the clock stood still) may be wanted now. */
  private resume(): void {
    const waits = this.askedKey !== undefined && !this.pending && this.timer === undefined;
    if (waits && this.error !== STOPPED) this.schedule();
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.abort?.abort();
    this.abort = undefined;
    this.pending = false;
    pageQuestions.forget(this.question);
  }
}

/** Whatever was thrown, in the form that `<fd-error-notice>` shows. */
export function errorOf(cause: unknown): ApiError {
  if (cause instanceof ApiFailure) return cause.error;
  return { code: "internal", message: cause instanceof Error ? cause.message : String(cause) };
}
