/** Tells the run what the learner looks at: a view that has stood still for a second, once until it changes. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ViewReference } from "../../../server/wire/run.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";

/** Views that show evidence. The others (forms, the brief, the notebook) are not looks at a signal. */
const EVIDENCE_VIEWS: ReadonlySet<string> = new Set([
  "alerts",
  "slo",
  "dashboards",
  "metrics",
  "logs",
  "traces",
  "trace",
  "map",
  "changes",
]);

/** How long a view must stand still before it counts as looked at. */
const STABLE_MS = 1_000;

export interface Looking {
  readonly url: UrlState;
  readonly run: RunContext;
  readonly time: TimeModel;
}

export class LookRecorder implements ReactiveController {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private seen = "";

  /** @param looking what there is to look at; undefined while the run is not loaded */
  constructor(
    host: ReactiveControllerHost,
    private readonly looking: () => Looking | undefined,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    const current = this.looking();
    if (current === undefined) return;
    const { url } = current;
    const key = `${url.view}?${url.search}`;
    if (key === this.seen) return;
    this.seen = key;
    clearTimeout(this.timer);
    if (EVIDENCE_VIEWS.has(url.view)) this.timer = setTimeout(() => void this.report(current), STABLE_MS);
  }

  hostDisconnected(): void {
    clearTimeout(this.timer);
  }

  private async report({ url, run, time }: Looking): Promise<void> {
    if (!run.store.loaded || run.store.snapshot.run.state !== "investigating") return;
    const reference: ViewReference = { view: url.view, search: url.search, window: time.window() };
    await run.store.send({ kind: "look", reference });
  }
}
