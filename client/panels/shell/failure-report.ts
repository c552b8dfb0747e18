/** What to hand on when a world has failed: enough to build it again, and nothing of what is wrong in it. Pure. */
import type { ApiError } from "../../../server/wire/errors.js";
import type { RunSnapshot } from "../../../server/wire/run.js";
import { formatDateTime } from "../../charts/format.js";

export interface FailureFacts {
  readonly runId: string;
  readonly failure: ApiError;
  /** Undefined where the run never opened. */
  readonly snapshot: RunSnapshot | undefined;
  /** Path and query of the page. */
  readonly address: string;
}

/** Lines of `name: value`. */
export function failureReport({ runId, failure, snapshot, address }: FailureFacts): string {
  const known =
    snapshot === undefined
      ? []
      : [
          `scenario: ${snapshot.run.scenarioId}`,
          `seed: ${snapshot.seed}`,
          `stopped at: ${formatDateTime(snapshot.clock.atUs)} UTC, simulated`,
          `event: ${String(snapshot.sequence)}`,
          `state: ${snapshot.run.state}`,
          ...snapshot.actions.map(({ atUs, action }) => `action at ${formatDateTime(atUs)}: ${action.kind}`),
        ];
  return [
    `run: ${runId}`,
    ...known,
    `what failed: ${failure.message} (${failure.code})`,
    `screen: ${address}`,
    "",
  ].join("\n");
}
