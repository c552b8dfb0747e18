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

/** The cards of what was done show the indicators that it should move; a form that is filled in shows none. */
function isEvidence({ url, run }: Looking): boolean {
  if (url.view !== "actions") return EVIDENCE_VIEWS.has(url.view);
  return run.store.loaded && run.store.snapshot.actions.length > 0 && url.get("act") === undefined;
}

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
    const { url, run } = current;
    // An order adds a card to a view that was open before it.
    const cards = url.view === "actions" && run.store.loaded ? run.store.snapshot.actions.length : 0;
    const key = `${url.view}?${url.search}#${String(cards)}`;
    if (key === this.seen) return;
    this.seen = key;
    clearTimeout(this.timer);
    if (isEvidence(current)) this.timer = setTimeout(() => void this.report(current), STABLE_MS);
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
