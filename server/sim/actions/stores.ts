/** What learners can do to databases. */
import { failure, success } from "../../base/result.js";
import type { Model, QueryModel } from "../../topology/model-types.js";
import { DEFAULT_FAILOVER } from "../../topology/store-spec.js";
import type { PlannedAction } from "../action-plan.js";
import type { Engine } from "../engine.js";
import { BACKGROUND_JOB } from "../processors.js";
import { SETTING_US } from "../roll-out-schedule.js";
import type { ActionDefinition, ActionParameter, ActionValues } from "./action-definition.js";

/** Until a command at a console takes effect. */
const COMMAND_US = 2_000_000;
/** Building an index reads every row and sorts: so many rows a second, with at least this time in all. */
const INDEX_ROWS_PER_SECOND = 100_000;
const INDEX_US_MIN = 30_000_000;
const INDEX_ROWS_USUAL = 3_000_000;
/** The work of building is given to the processor in portions. */
const INDEX_PORTION_US = 1_000_000;

const targets = ({ model }: Engine): readonly string[] => model.stores.map(({ spec }) => spec.id);
const storeOf = (model: Model, id: string): number => model.stores.findIndex(({ spec }) => spec.id === id);

const watchStore = (store: string): Pick<PlannedAction, "watchQuery" | "watchTitle"> => ({
  watchTitle: `p99 of statements at ${store}`,
  watchQuery: `histogram_quantile(0.99, sum by (le) (rate(db_client_operation_duration_seconds_bucket{db_namespace="${store}"}[1m])))`,
});

const TERMINATE: ActionDefinition = {
  name: "kill-blocking-sessions",
  title: "Terminate blocking sessions",
  description: "Ends the sessions that others wait for in the end, with their transactions.",
  targetTitle: "Database",
  targets,
  parameters: [],
  plan: (_engine, target) =>
    success({
      summary: `Terminate the sessions of ${target} that block others`,
      touches: [target],
      durationUs: COMMAND_US,
      sideEffects: [
        "What they had not committed is rolled back; whoever owns them sees the connection break.",
        "Where nobody waits for a lock nothing happens.",
      ],
      destructive: true,
      ...watchStore(target),
    }),
  schedule: () => [COMMAND_US],
  step: ({ model, walk }, target, _values, _step, nowUs) => {
    walk.databases.statements.terminateBlockers(storeOf(model, target), nowUs);
  },
};

const CANCEL: ActionDefinition = {
  name: "kill-query",
  title: "Kill the longest query",
  description: "Cancels the statement that has run or waited for longest.",
  targetTitle: "Database",
  targets,
  parameters: [],
  plan: (_engine, target) =>
    success({
      summary: `Kill the longest running query of ${target}`,
      touches: [target],
      durationUs: COMMAND_US,
      sideEffects: ["Its caller gets an error and may try again; one query is killed, others like it go on."],
      destructive: true,
      ...watchStore(target),
    }),
  schedule: () => [COMMAND_US],
  step: ({ model, walk }, target, _values, _step, nowUs) => {
    walk.databases.statements.cancelLongest(storeOf(model, target), nowUs);
  },
};

const queriesOf = (model: Model, store: string): readonly QueryModel[] =>
  model.queries.filter((query) => query.store === storeOf(model, store));
const indexable = (model: Model, store: string): readonly QueryModel[] =>
  queriesOf(model, store).filter(({ spec }) => spec.operation !== "INSERT");

const queryParameter: ActionParameter = {
  name: "query",
  title: "Query",
  kind: "choice",
  defaultValue: "",
  choices: ({ model }, target) => indexable(model, target).map(({ spec }) => spec.id),
};

function buildUs(model: Model, store: string, { query }: ActionValues): number {
  const table = queriesOf(model, store).find(({ spec }) => spec.id === query)?.spec.table;
  const declared = model.stores[storeOf(model, store)].spec.tables?.find(({ id }) => id === table)?.rows;
  const us = ((declared ?? INDEX_ROWS_USUAL) / INDEX_ROWS_PER_SECOND) * 1e6;
  return Math.max(INDEX_US_MIN, Math.ceil(us / INDEX_PORTION_US) * INDEX_PORTION_US);
}

const ADD_INDEX: ActionDefinition = {
  name: "add-index",
  title: "Add an index",
  description: "Builds an index that fits the query, without locking its table.",
  targetTitle: "Database",
  targets,
  parameters: [queryParameter],
  plan: ({ model }, target, values) =>
    success({
      summary: `Build an index for ${String(values.query)} of ${target}`,
      touches: [`${target}/${String(values.query)}`],
      durationUs: buildUs(model, target, values),
      sideEffects: [
        "Building takes one core of the database until it is done.",
        "Where the query reads by an index already nothing is gained.",
      ],
      destructive: false,
      ...watchStore(target),
    }),
  schedule: ({ model }, target, values) =>
    Array.from(
      { length: buildUs(model, target, values) / INDEX_PORTION_US + 1 },
      (_, portion) => portion * INDEX_PORTION_US,
    ),
  step: ({ model, state, walk }, target, values, step, nowUs) => {
    const { statements } = walk.databases;
    const store = storeOf(model, target);
    const cpu = state.storeCpu(store) + statements.primary[store];
    if (step * INDEX_PORTION_US < buildUs(model, target, values)) {
      if (statements.down[store] === 0) state.processors.add(cpu, BACKGROUND_JOB, INDEX_PORTION_US, nowUs);
      return;
    }
    const query = queriesOf(model, target).find(({ spec }) => spec.id === values.query);
    if (query === undefined) return;
    statements.indexed[query.index] = 1;
    statements.planScan(query.index, 0, 0);
  },
};

const FAIL_OVER: ActionDefinition = {
  name: "fail-over",
  title: "Fail over a database",
  description: "Makes a replica the primary; a database without replicas is started again.",
  targetTitle: "Database",
  targets,
  parameters: [],
  plan: ({ model, parts }, target) => {
    const { spec, index } = model.stores[storeOf(model, target)];
    const copies = spec.replicas !== undefined;
    const { promotion } = spec.failover ?? DEFAULT_FAILOVER;
    const down = parts.walk.databases.statements.down[index] === 1;
    return success({
      summary: copies ? `Promote a replica of ${target}` : `Start ${target} again`,
      touches: [target],
      durationUs: COMMAND_US + promotion,
      sideEffects: [
        ...(down ? [] : [`${target} answers nobody until it is done; every connection breaks.`]),
        copies
          ? "What the replica has not received yet is lost."
          : "Its memory is cold afterwards: reads go to the disk until it has filled again.",
      ],
      destructive: true,
      ...watchStore(target),
    });
  },
  schedule: ({ model }, target) => {
    const { promotion } = model.stores[storeOf(model, target)].spec.failover ?? DEFAULT_FAILOVER;
    return [COMMAND_US, COMMAND_US + promotion];
  },
  step: ({ model, walk }, target, _values, step, nowUs) => {
    const { statements } = walk.databases;
    const store = storeOf(model, target);
    if (step === 0) statements.stepDown(store, nowUs);
    else if (statements.down[store] === 1) {
      statements.readOnly[store] = 0;
      statements.comeUp(store, nowUs);
    }
  },
};

const READ_FROM: ActionDefinition = {
  name: "read-from-primary",
  title: "Choose where reads go",
  description: "Sends reads that may go to replicas to the primary, or back to the replicas.",
  targetTitle: "Database",
  targets,
  parameters: [{ name: "primaryOnly", title: "Reads go to the primary", kind: "switch", defaultValue: true }],
  plan: ({ model, parts }, target, { primaryOnly }) => {
    const before = parts.walk.databases.statements.primaryOnly[storeOf(model, target)] === 1;
    if (before === primaryOnly)
      return failure({ message: `reads of ${target} go there already`, remedy: "Choose the other place." });
    return success({
      summary: primaryOnly === true ? `Read from the primary of ${target}` : `Read from the replicas of ${target}`,
      touches: [target],
      durationUs: SETTING_US,
      sideEffects: [
        primaryOnly === true
          ? "The primary gets the load of all reads."
          : "Reads may get what is older than the last write.",
      ],
      undo: { kind: "operate", operation: "read-from-primary", target, values: { primaryOnly: before } },
      destructive: false,
      ...watchStore(target),
    });
  },
  schedule: () => [SETTING_US],
  step: ({ model, walk }, target, { primaryOnly }) => {
    walk.databases.statements.primaryOnly[storeOf(model, target)] = primaryOnly === true ? 1 : 0;
  },
};

export const STORE_ACTIONS: readonly ActionDefinition[] = [TERMINATE, CANCEL, ADD_INDEX, FAIL_OVER, READ_FROM];
