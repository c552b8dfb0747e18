/** What learners can do to databases. */
import { success } from "../../base/result.js";
import { refuse } from "../action-refusal.js";
import type { PlannedAction } from "../action-plan.js";
import type { Engine } from "../engine.js";
import type { ActionDefinition } from "./action-definition.js";

const SECOND_US = 1_000_000;
const KILL_US = 2 * SECOND_US;
const FAIL_OVER_US = 20 * SECOND_US;
const INDEX_US = 90 * SECOND_US;
/** A planned fail-over leaves memory half as cold as the loss of a primary. */
const PLANNED_COLD_FACTOR = 3;
const PLANNED_COLD_US = 120 * SECOND_US;

const stores = ({ model }: Engine): readonly string[] => model.stores.map(({ spec }) => spec.id);

const storeIndex = (engine: Pick<Engine, "model">, id: string): number =>
  engine.model.stores.findIndex(({ spec }) => spec.id === id);

function watchStore(id: string): Pick<PlannedAction, "watchQuery" | "watchTitle"> {
  return {
    watchTitle: `p99 of statements at ${id}`,
    watchQuery: `histogram_quantile(0.99, sum by (le) (rate(db_client_operation_duration_seconds_bucket{db_namespace="${id}"}[1m])))`,
  };
}

const KILL_BLOCKING: ActionDefinition = {
  name: "kill-blocking-sessions",
  title: "End blocking sessions",
  description: "Ends the sessions of a database that hold locks for which others wait.",
  targetTitle: "Database",
  targets: stores,
  parameters: [],
  plan: (_engine, target) =>
    success({
      summary: `End the sessions of ${target} that others wait for`,
      touches: [target],
      durationUs: KILL_US,
      sideEffects: ["What those sessions had not committed is lost.", "Whoever opened them may open them again."],
      destructive: true,
      ...watchStore(target),
    }),
  schedule: () => [KILL_US],
  step: (parts, target, _values, _step, nowUs) => {
    parts.endFaults((effect) => effect.kind === "table-locked" && effect.store === target, nowUs);
  },
};

const ADD_INDEX: ActionDefinition = {
  name: "add-index",
  title: "Build an index",
  description: "Builds the index that a statement needs, without locking the table.",
  targetTitle: "Database",
  targets: stores,
  parameters: [
    {
      name: "query",
      title: "Statement",
      kind: "choice",
      defaultValue: "",
      choices: ({ model }, target) =>
        model.queries.filter((query) => model.stores[query.store].spec.id === target).map(({ spec }) => spec.id),
    },
  ],
  plan: (_engine, target, values) =>
    success({
      summary: `Build an index for ${String(values.query)} at ${target}`,
      touches: [target],
      durationUs: INDEX_US,
      sideEffects: ["While it is built, storage has more to do.", "Writes to the table cost a little more afterwards."],
      destructive: false,
      ...watchStore(target),
    }),
  schedule: () => [INDEX_US],
  step: (parts, target, values, _step, nowUs) => {
    parts.endFaults(
      (effect) => effect.kind === "query-cost" && effect.store === target && effect.query === values.query,
      nowUs,
    );
  },
};

const FAIL_OVER: ActionDefinition = {
  name: "fail-over",
  title: "Fail over",
  description: "Promotes another member of a database cluster.",
  targetTitle: "Database",
  targets: stores,
  parameters: [],
  plan: (engine, target) => {
    const { databases } = engine.parts.walk;
    if (databases.downUntilUs[storeIndex(engine, target)] > engine.now)
      return refuse(`${target} is failing over already`, "Wait until a primary is promoted.");
    return success({
      summary: `Promote another member of ${target}`,
      touches: [target],
      durationUs: FAIL_OVER_US,
      sideEffects: [
        "For about 20 s nobody is served.",
        "All connections are opened anew, and the memory of the promoted member is cold for some minutes.",
      ],
      destructive: true,
      ...watchStore(target),
    });
  },
  schedule: () => [0, FAIL_OVER_US],
  step: (parts, target, _values, step, nowUs) => {
    const index = storeIndex(parts, target);
    if (step === 0) {
      parts.walk.databases.failOver(index, FAIL_OVER_US, PLANNED_COLD_FACTOR, PLANNED_COLD_US, nowUs);
      parts.walk.calls.resetConnections(index);
      return;
    }
    // The new primary has neither the locks nor the state of the old one, and serves all reads itself.
    parts.endFaults(
      (effect) => (effect.kind === "store-failover" || effect.kind === "table-locked") && effect.store === target,
      nowUs,
    );
  },
};

const READ_FROM_PRIMARY: ActionDefinition = {
  name: "read-from-primary",
  title: "Read from the primary",
  description: "Sends all reads of a database to its primary.",
  targetTitle: "Database",
  targets: stores,
  parameters: [],
  plan: (_engine, target) =>
    success({
      summary: `Send all reads of ${target} to the primary`,
      touches: [target],
      durationUs: 5 * SECOND_US,
      sideEffects: ["The primary carries the reads that replicas have carried."],
      destructive: false,
      ...watchStore(target),
    }),
  schedule: () => [5 * SECOND_US],
  step: (parts, target, _values, _step, nowUs) => {
    parts.endFaults((effect) => effect.kind === "replica-lag" && effect.store === target, nowUs);
  },
};

export const STORE_ACTIONS: readonly ActionDefinition[] = [KILL_BLOCKING, ADD_INDEX, FAIL_OVER, READ_FROM_PRIMARY];
