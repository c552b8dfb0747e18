/** All that the debrief is told from. */
import type { Debrief } from "../../../server/wire/debrief.js";
import type { FaultClass } from "../../../server/wire/scenario.js";
import type { AlertsAnswer, ChangeRecord, ServiceMap } from "../../../server/wire/telemetry.js";

export interface DebriefAnswer {
  readonly debrief: Debrief;
  readonly taxonomy: readonly FaultClass[];
  readonly changes: readonly ChangeRecord[];
  readonly alerts: AlertsAnswer;
  /** Of the time of the incident. */
  readonly map: ServiceMap;
}
