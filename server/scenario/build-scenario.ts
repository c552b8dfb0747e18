/** Turns a checked scenario file into the world's `Scenario`: offsets become instants, parameters engine units. */
import { addTime } from "../base/time.js";
import type { Duration, SimTime } from "../base/time.js";
import { FAULT_PARAMETERS } from "../faults/parameters.js";
import type { ChangeSpec, FaultSpec, WorldAction } from "../sim/timeline.js";
import type { Topology } from "../topology/types.js";
import type { DashboardFile } from "../wire/dashboard.js";
import { parameterValue } from "./check-scenario.js";
import { defined, entryOf } from "./records.js";
import type { WrittenAction, WrittenScenario } from "./scenario-schema.js";
import type { Scenario } from "./types.js";

/** The scenario of a written file without mistakes. `id` is the file's name, `digest` a hash over all its texts. */
export function buildScenario(
  written: WrittenScenario,
  topology: Topology,
  dashboards: readonly DashboardFile[],
  identity: { readonly id: string; readonly digest: string },
): Scenario {
  const instant = (offset: Duration): SimTime => addTime(written.starts, offset);
  return {
    id: identity.id,
    title: written.title,
    summary: written.summary,
    difficulty: written.difficulty,
    minutes: written.minutes,
    skills: written.skills,
    severity: written.severity,
    digest: identity.digest,
    seed: written.seed ?? identity.id,
    topology,
    dashboards,
    startsAt: written.starts,
    history: written.history,
    recent: written.recent,
    runLimit: written.runLimit,
    page: written.page,
    changes: written.changes.map((change) => buildChange(change, instant)).sort((a, b) => a.at - b.at),
    faults: written.faults.map((fault) => buildFault(fault, instant)),
    grading: {
      causes: written.grading.causes ?? written.faults.map(({ id }) => id),
      alertingComponent: written.grading.alertingComponent,
      explanation: written.grading.explanation,
      reference: written.grading.reference.map(({ after, action }) => ({ after, action: buildAction(action) })),
      followUps: written.grading.followUps,
    },
  };
}

function buildChange(written: WrittenScenario["changes"][number], instant: (offset: Duration) => SimTime): ChangeSpec {
  const { id, kind, target, author, title, description, diff, version, flag } = written;
  return {
    id,
    kind,
    target,
    at: instant(written.at),
    author,
    title,
    description,
    diff,
    ...(version === undefined ? {} : { versionFrom: version.from, versionTo: version.to }),
    ...(flag === undefined ? {} : { flag }),
  };
}

function buildFault(written: WrittenScenario["faults"][number], instant: (offset: Duration) => SimTime): FaultSpec {
  return {
    id: written.id,
    class: written.class,
    target: written.target,
    onset: instant(written.onset),
    ...(written.until === undefined ? {} : { until: instant(written.until) }),
    shape: written.shape,
    ...defined({
      rampTime: written.rampTime,
      pulseTime: written.pulseTime,
      period: written.period,
      duty: written.duty,
      scope: written.scope === undefined ? undefined : defined(written.scope),
      ownerFixesAfter: written.ownerFixesAfter,
    }),
    ...(written.trigger === undefined ? {} : { trigger: written.trigger }),
    parameters: buildParameters(written),
  };
}

/** Parameters under their engine keys; defaults are filled in. */
function buildParameters(written: WrittenScenario["faults"][number]): FaultSpec["parameters"] {
  const parameters: Record<string, number | string | boolean> = {};
  for (const parameter of FAULT_PARAMETERS.get(written.class)?.parameters ?? []) {
    const given = entryOf(written.parameters, parameter.name);
    const value = given === undefined ? parameter.defaultValue : parameterValue(parameter, given);
    if (value !== undefined) parameters[parameter.key] = value;
  }
  return parameters;
}

function buildAction(written: WrittenAction): WorldAction {
  if (written.kind !== "restart") return written;
  const { kind, service, instance } = written;
  return { kind, service, ...(instance === undefined ? {} : { instance }) };
}
