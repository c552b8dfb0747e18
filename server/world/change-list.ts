/** What people changed, as a change system lists it: the scenario's changes that have begun, and the learner's own. */
import { printMatcher } from "../alerting/alertmanager/label-matchers.js";
import { MICROS_PER_MS } from "../base/time.js";
import { formatRfc3339 } from "../query/promql/calendar.js";
import { ACTIONS } from "../sim/actions/action-table.js";
import type { Engine } from "../sim/engine.js";
import type { ActionProgress, ChangeProgress } from "../sim/control-plane.js";
import type { WorldAction } from "../sim/timeline.js";
import type { ChangeRecord } from "../wire/telemetry.js";

/** Author of what the learner did. */
export const LEARNER = "you";

/** Newest last. */
export function changeList(engine: Engine): readonly ChangeRecord[] {
  const made = engine.changeRecords.flatMap((progress) =>
    progress.startedUs === undefined ? [] : [ofChange(progress, progress.startedUs)],
  );
  const taken = engine.actionRecords.map((progress) => ofAction(progress, engine));
  return [...made, ...taken].sort((a, b) => a.atUs - b.atUs);
}

function ofChange({ change, state, completedUs }: ChangeProgress, startedUs: number): ChangeRecord {
  return {
    id: change.id,
    kind: change.kind,
    target: change.target,
    atUs: startedUs,
    author: change.author,
    title: change.title,
    description: change.description,
    diff: change.diff,
    canRollBack: change.kind !== "setting" && state !== "rolled-back",
    state: state === "pending" ? "rolling-out" : state,
    ...(completedUs === undefined ? {} : { completedUs }),
    ...(change.versionFrom === undefined ? {} : { versionFrom: change.versionFrom }),
    ...(change.versionTo === undefined ? {} : { versionTo: change.versionTo }),
  };
}

function ofAction({ id, action, atUs, completesAtUs }: ActionProgress, engine: Engine): ChangeRecord {
  const done = completesAtUs <= engine.now;
  return {
    id,
    atUs,
    author: LEARNER,
    canRollBack: false,
    state: done ? "live" : "rolling-out",
    ...DESCRIPTIONS[action.kind](action as never),
    ...(action.kind === "rollback" ? rolledBack(action.change, engine) : {}),
    ...(done ? { completedUs: completesAtUs } : {}),
  };
}

/** Of the change that is taken back: what it was made to, and its name instead of its id. */
function rolledBack(id: string, engine: Engine): Partial<Pick<ChangeRecord, "target" | "title">> {
  const found = engine.changeRecords.find(({ change }) => change.id === id)?.change;
  return found === undefined ? {} : { target: found.target, title: `Roll back ${found.title}` };
}

type Description = Pick<ChangeRecord, "kind" | "target" | "title" | "description" | "diff">;

const secondsText = (micros: number): string => `${String(micros / 1e6)} s`;

const DESCRIPTIONS: {
  readonly [Kind in WorldAction["kind"]]: (action: Extract<WorldAction, { kind: Kind }>) => Description;
} = {
  rollback: ({ change }) => ({
    kind: "deploy",
    target: change,
    title: `Roll back ${change}`,
    description: "",
    diff: "",
  }),
  restart: ({ service, instance }) => ({
    kind: "restart",
    target: service,
    title: `Restart ${instance === undefined ? service : `${service}-${String(instance)}`}`,
    description: "",
    diff: "",
  }),
  scale: ({ service, instances }) => ({
    kind: "scaling",
    target: service,
    title: `Scale ${service} to ${String(instances)} instances`,
    description: "",
    diff: `+instances: ${String(instances)}\n`,
  }),
  "set-flag": ({ flag, value }) => ({
    kind: "flag",
    target: flag,
    title: `Set ${flag} to ${value ? "on" : "off"}`,
    description: "",
    diff: `-${flag}: ${String(!value)}\n+${flag}: ${String(value)}\n`,
  }),
  "set-timeout": ({ service, target, timeout }) => ({
    kind: "setting",
    target: service,
    title: `Set the timeout of calls from ${service} to ${target} to ${secondsText(timeout)}`,
    description: "",
    diff: `+timeout: ${secondsText(timeout)}\n`,
  }),
  "set-retry": ({ service, target, retry }) => ({
    kind: "setting",
    target: service,
    title: `Set ${String(retry.attempts)} attempts for calls from ${service} to ${target}`,
    description: "",
    diff: `+attempts: ${String(retry.attempts)}\n+backoff: ${secondsText(retry.backoff)}\n`,
  }),
  "set-pool": ({ service, target, poolSize }) => ({
    kind: "setting",
    target: service,
    title: `Set the pool of ${service} to ${target} to ${String(poolSize)}`,
    description: "",
    diff: `+pool_size: ${String(poolSize)}\n`,
  }),
  "drop-label": ({ metric, label }) => ({
    kind: "setting",
    target: metric,
    title: `Drop the label ${label} of ${metric}`,
    description: "",
    diff: `+action: labeldrop\n+regex: ${label}\n`,
  }),
  "post-silence": ({ matchers, comment, createdBy, endsAt }) => ({
    kind: "setting",
    target: "alertmanager",
    title: `Silence ${matchers.map(printMatcher).join(", ")}`,
    description: comment,
    diff: `+createdBy: ${createdBy}\n+endsAt: ${formatRfc3339(endsAt / MICROS_PER_MS)}\n`,
  }),
  "expire-silence": ({ silence }) => ({
    kind: "setting",
    target: "alertmanager",
    title: `End the silence ${silence}`,
    description: "",
    diff: "",
  }),
  operate: ({ operation, target, values }) => ({
    kind: "setting",
    target,
    title: `${ACTIONS.get(operation)?.title ?? operation}: ${target}`,
    description: "",
    diff: Object.entries(values)
      .map(([name, value]) => `+${name}: ${String(value)}\n`)
      .join(""),
  }),
};
