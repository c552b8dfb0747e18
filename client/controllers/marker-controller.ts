/** Changes, alerts and actions as markers for the time axes of its host; asked again as the clock goes on. */
import type { ReactiveControllerHost } from "lit";
import { markersOf } from "../charts/markers.js";
import type { ChartMarker } from "../charts/markers.js";
import type { RunContext } from "../state/contexts.js";
import { QueryController } from "./query-controller.js";

const REFRESH_MS = 10_000;

export class MarkerController {
  private readonly query: QueryController<readonly ChartMarker[]>;

  /** @param run the context of the host; undefined while it has not come */
  constructor(host: ReactiveControllerHost, run: () => RunContext | undefined) {
    this.query = new QueryController(host, {
      key: () => {
        const context = run();
        if (context === undefined) return undefined;
        // What fired early is known when the whole history is there.
        const { actions, historyProgress } = context.store.snapshot;
        return [context.runId, actions.length, historyProgress >= 1];
      },
      run: async (signal) => {
        const context = run();
        if (context === undefined) return [];
        const [changes, alerts] = await Promise.all([context.queries.changes(signal), context.queries.alerts(signal)]);
        return markersOf(changes, alerts, context.store.snapshot.actions);
      },
      refreshMs: () => (run()?.store.snapshot.clock.running === true ? REFRESH_MS : undefined),
    });
  }

  get markers(): readonly ChartMarker[] {
    return this.query.value ?? [];
  }

  /** Undefined until they have come. */
  get known(): readonly ChartMarker[] | undefined {
    return this.query.value;
  }
}
