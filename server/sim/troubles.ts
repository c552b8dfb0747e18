/**
 * Defects in what operations do: which of them an operation has at an instance, and for which requests. Asked at the one
 * point of each program where an operation may fail for reasons of its own. Plain data that effects rebuild; nothing is
 * allocated per request.
 */
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { quantileAt, QuantileTables } from "../base/quantile-tables.js";
import type { RequestFilter } from "../topology/code-effects.js";
import type { Model } from "../topology/model-types.js";
import type { RequestDraws, UserProperty } from "./request-draws.js";
import type { WorldState } from "./world-state.js";

const FOR_FAILURE = 501;
const FOR_SLEEP = 502;
const FOR_USERS = 503;
const FOR_PRODUCTS = 504;
/** Spread of a sleep: sigma of the underlying normal. */
const SLEEP_SIGMA = 0.25;

/** A defect while it is there. */
export interface Trouble {
  readonly errorRatio: number;
  readonly sleepUs: number;
  readonly cpuUs: number;
  readonly who: RequestFilter;
  readonly flag: number;
  readonly region: number;
  readonly tenant: number;
  readonly properties: readonly { readonly property: UserProperty; readonly place: number }[];
  /** Key of the fault: which users and products are concerned. */
  readonly key: DrawKey;
  /** By instance of the world. */
  readonly affects: Uint8Array;
}

export class Troubles {
  /** By operation: whether it has any, for the hot path. */
  readonly present: Uint8Array;
  /** What the requests of the last `ask` get. */
  fails = false;
  sleepUs = 0;
  cpuUs = 0;
  readonly #byOperation: Trouble[][];
  /** Made when somebody sleeps: most worlds have nobody who does. */
  #sleepTable: Float64Array | undefined;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly draws: RequestDraws,
  ) {
    this.present = new Uint8Array(model.operations.length);
    this.#byOperation = model.operations.map(() => []);
  }

  clear(): void {
    this.present.fill(0);
    for (const list of this.#byOperation) list.length = 0;
  }

  add(operation: number, trouble: Trouble): void {
    this.present[operation] = 1;
    this.#byOperation[operation].push(trouble);
  }

  /** Finds out what becomes of a request of the operation at the instance; true when anything does. */
  ask(operation: number, instance: number, request: number, key: DrawKey): boolean {
    this.fails = false;
    this.sleepUs = 0;
    this.cpuUs = 0;
    for (const trouble of this.#byOperation[operation]) {
      if (trouble.affects[instance] === 0 || !this.#concerns(trouble, request)) continue;
      if (trouble.errorRatio > 0 && uniform(combine(combine(key, FOR_FAILURE), trouble.key)) < trouble.errorRatio)
        this.fails = true;
      if (trouble.sleepUs > 0)
        this.sleepUs +=
          trouble.sleepUs *
          quantileAt((this.#sleepTable ??= sleepTable()), 0, combine(combine(key, FOR_SLEEP), trouble.key));
      this.cpuUs += trouble.cpuUs;
    }
    return this.fails || this.sleepUs > 0 || this.cpuUs > 0;
  }

  #concerns(trouble: Trouble, request: number): boolean {
    const { who, flag, region, tenant, properties, key } = trouble;
    if (who.flag !== undefined && this.state.flags[flag] !== (who.flag.value ? 1 : 0)) return false;
    if (who.users !== undefined) {
      const user = this.draws.userOf(request);
      if (uniform(combine(combine(key, FOR_USERS), user)) >= who.users) return false;
    }
    if (who.products !== undefined) {
      const product = this.draws.productOf(request);
      if (uniform(combine(combine(key, FOR_PRODUCTS), product)) >= who.products) return false;
    }
    if (who.region !== undefined && this.draws.regionIndexOf(request) !== region) return false;
    if (who.tenant !== undefined && this.draws.tenantOf(request) !== tenant) return false;
    for (const { property, place } of properties) if (this.draws.propertyOf(property, request) !== place) return false;
    return who.itemsAtLeast === undefined || this.draws.basketOf(request) >= who.itemsAtLeast;
  }
}

function sleepTable(): Float64Array {
  const tables = new QuantileTables();
  tables.offsetOf("lognormal", SLEEP_SIGMA);
  return tables.build();
}
