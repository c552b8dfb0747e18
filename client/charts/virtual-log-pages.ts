/**
 * Pages of a long server-side list, fetched as they come into view and forgotten when many others have been used
 * since. One instance belongs to one query: another query makes another instance, so that pages never mix.
 */
import type { LogLine, LogPage } from "../../server/wire/telemetry.js";

/** Lines a page. A screen shows about 40, so two pages at most cover it. */
export const PAGE_LINES = 200;
/** Pages kept: 20,000 lines, about 10 MB. */
export const PAGES_MAX = 100;

export interface LogPagesOptions {
  readonly load: (offset: number, limit: number, signal: AbortSignal) => Promise<LogPage>;
  /** Lines have arrived or a page failed. */
  readonly changed: () => void;
}

export class LogPages {
  /** Undefined until the first page is there. */
  total: number | undefined;
  /** The failure of the newest page that failed; cleared by the next success and by `retry`. */
  error: unknown;
  readonly #options: LogPagesOptions;
  /** In order of last use. */
  readonly #pages = new Map<number, readonly LogLine[]>();
  readonly #loading = new Map<number, AbortController>();
  /** Not asked for again until `retry`, so that a failing server is not hammered while the list is drawn. */
  readonly #failed = new Set<number>();
  #closed = false;

  constructor(options: LogPagesOptions) {
    this.#options = options;
  }

  /** Pages on their way. */
  get loadingCount(): number {
    return this.#loading.size;
  }

  /** The line at an index of the whole list, undefined while it is not here. */
  line(index: number): LogLine | undefined {
    return this.#pages.get(Math.floor(index / PAGE_LINES))?.[index % PAGE_LINES];
  }

  /** Index of a line that is here, by its id. */
  indexOf(id: string): number | undefined {
    for (const [page, lines] of this.#pages) {
      const index = lines.findIndex((line) => line.id === id);
      if (index >= 0) return page * PAGE_LINES + index;
    }
    return undefined;
  }

  /** More lines match than was known when the pages came; those that were not full are fetched again when they are wanted. */
  grow(total: number): void {
    if (this.total === undefined || total <= this.total) return;
    for (const [page, lines] of this.#pages) if (lines.length < PAGE_LINES) this.#pages.delete(page);
    this.total = total;
  }

  /** Fetches what is missing of `[first, last]` (inclusive) and gives up what is on its way but far from it. */
  want(first: number, last: number): void {
    if (this.#closed) return;
    const end = Math.max(0, this.total === undefined ? 0 : Math.min(last, this.total - 1));
    const from = Math.floor(Math.max(0, first) / PAGE_LINES);
    const to = Math.max(from, Math.floor(end / PAGE_LINES));
    for (const [page, controller] of this.#loading) {
      if (page < from - 1 || page > to + 1) this.#abandon(page, controller);
    }
    for (let page = from; page <= to; page++) {
      if (this.#pages.has(page)) this.#touch(page);
      else if (!this.#loading.has(page) && !this.#failed.has(page)) void this.#fetch(page);
    }
  }

  /** Lets failed pages be fetched again when they are next wanted. */
  retry(): void {
    this.error = undefined;
    this.#failed.clear();
  }

  /** Stops everything on its way; the pages that are here stay readable. */
  close(): void {
    this.#closed = true;
    for (const [page, controller] of this.#loading) this.#abandon(page, controller);
  }

  #abandon(page: number, controller: AbortController): void {
    this.#loading.delete(page);
    controller.abort();
  }

  #touch(page: number): void {
    const lines = this.#pages.get(page);
    if (lines === undefined) return;
    this.#pages.delete(page);
    this.#pages.set(page, lines);
  }

  async #fetch(page: number): Promise<void> {
    const controller = new AbortController();
    this.#loading.set(page, controller);
    try {
      const answer = await this.#options.load(page * PAGE_LINES, PAGE_LINES, controller.signal);
      if (controller.signal.aborted) return;
      this.#accept(page, answer);
    } catch (error) {
      if (controller.signal.aborted) return;
      this.error = error;
      this.#failed.add(page);
    }
    this.#loading.delete(page);
    this.#options.changed();
  }

  /** A page that was asked for before the list grew knows less than what has come since. */
  #grownTo({ searched }: LogPage): number {
    return searched === undefined ? 0 : (this.total ?? 0);
  }

  #accept(page: number, answer: LogPage): void {
    this.total = Math.max(answer.total, this.#grownTo(answer));
    this.error = undefined;
    this.#pages.set(page, answer.lines);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_MAX) break;
      this.#pages.delete(oldest);
    }
  }
}
