/**
 * The pages of lines behind the logs view: another question makes a new list, and the old one stays on the screen until the
 * first page of the new one is there.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { LogPage, LogPageRequest } from "../../../server/wire/telemetry.js";
import { LogPages } from "../../charts/virtual-log-pages.js";
import { beginActivity, endActivity } from "../../state/activity.js";

/** Lines that are asked for before the list says how many it shows. */
const FIRST_LINES = 60;

/** A question for lines, whatever the page. */
type LinesRequest = Omit<LogPageRequest, "offset" | "limit">;

export interface LinesOptions {
  /** What the list depends on, compared as JSON; undefined keeps the list that is there. */
  readonly key: () => unknown;
  readonly request: () => LinesRequest;
  readonly ask: (request: LogPageRequest, signal: AbortSignal) => Promise<LogPage>;
  /** Lines that are known to match by now; undefined where rows are not lines. */
  readonly known: () => number | undefined;
  /** Another list is shown, with so many rows more than the one before. */
  readonly swapped: (arrived: number) => void;
}

export class LogLinesController implements ReactiveController {
  pages: LogPages | undefined;
  /** One more whenever a page has come or failed. */
  revision = 0;
  private key = "";
  /** An update that was due when the host went away still comes: it must not ask for pages that nobody gives back. */
  private gone = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly options: LinesOptions,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.gone = false;
  }

  hostUpdate(): void {
    if (this.gone) return;
    this.grow(this.options.known());
    const parts = this.options.key();
    const key = parts === undefined ? "" : JSON.stringify(parts);
    if (key === this.key) return;
    this.key = key;
    if (key !== "") this.open();
  }

  hostDisconnected(): void {
    this.gone = true;
    this.pages?.close();
    this.pages = undefined;
    this.key = "";
  }

  /** Asks the same question anew at the next update. */
  forget(): void {
    this.key = "";
  }

  /** Fetches again what failed. */
  retry(): void {
    this.pages?.retry();
    this.redraw();
  }

  private grow(known: number | undefined): void {
    const { pages } = this;
    if (known === undefined || pages?.total === undefined || known <= pages.total) return;
    pages.grow(known);
    this.revision += 1;
  }

  private redraw(): void {
    this.revision += 1;
    this.host.requestUpdate();
  }

  private open(): void {
    const before = this.pages;
    before?.close();
    const request = this.options.request();
    const { key } = this;
    const pages = new LogPages({
      load: (offset, limit, signal) => this.load({ ...request, offset, limit }, signal),
      changed: () => {
        if (this.pages !== pages && key === this.key) this.swap(pages, before);
        this.redraw();
      },
    });
    if (before === undefined) this.pages = pages;
    pages.want(0, FIRST_LINES);
  }

  private swap(pages: LogPages, before: LogPages | undefined): void {
    this.pages = pages;
    this.options.swapped(Math.max(0, (pages.total ?? 0) - (before?.total ?? 0)));
  }

  private async load(request: LogPageRequest, signal: AbortSignal): Promise<LogPage> {
    beginActivity();
    try {
      return await this.options.ask(request, signal);
    } finally {
      void this.host.updateComplete.then(endActivity, endActivity);
    }
  }
}
