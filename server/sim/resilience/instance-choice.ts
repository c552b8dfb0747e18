/**
 * Which instance of a service a call goes to, where the caller has a way of its own to choose:
 * - round-robin: in turn, each caller instance for itself;
 * - least-requests: of instances drawn at random (two, unless said otherwise) the one with fewer calls under way, as far
 *   as this caller instance knows (M. Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 1996);
 * - locality: one of the caller's zone, a share of calls elsewhere as soon as too few of the zone's instances are well
 *   (Envoy's priority levels with an overprovisioning factor of 1.4);
 * - consistent-hash: the instance with the highest hash together with the user or product (D. Thaler & C. Ravishankar,
 *   rendezvous hashing, 1998): when one goes, only its own callers move.
 * Instances that failed several times in a row can be left alone for a time (Envoy's outlier detection).
 */
import { below, combine, type DrawKey, uniform } from "../../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import type { BalancingSpec, OutlierSpec } from "../../topology/resilience-spec.js";
import type { RequestDraws } from "../request-draws.js";
import { STATUS_OK } from "../span-status.js";
import type { WorldState } from "../world-state.js";
import { zoneOf } from "../zones.js";
import { saysNothing } from "./call-policies.js";

/** The same draw as of the plain way to choose: a policy that chooses at random changes nothing. */
const FOR_FIRST = 11;
const FOR_NEXT = 32;
const FOR_LOCALITY = 33;
const HASH_SALT = 0x4a5f;
const OVERPROVISIONING = 1.4;

const RANDOM: BalancingSpec = { kind: "random", choices: 0, hashBy: "user" };

/** One choice that is to be made. */
export interface ChoiceOf {
  caller: number;
  pool: number;
  service: number;
  key: DrawKey;
  request: number;
  /** An instance that is not wanted, −1 for none. */
  avoid: number;
  nowUs: number;
}

type Chooser = (choice: ChoiceOf, count: number, spec: BalancingSpec) => number;

export class InstanceChoice implements Checkpointed {
  /** First place of a pool in the tables, one for each instance that its target can have; −1 for other targets. */
  readonly #placeFrom: Int32Array;
  readonly #places: number;
  readonly #cursor: Int32Array;
  readonly #zone: Int32Array;
  readonly #candidates: Int32Array;
  // Tables by place; empty until a policy needs them.
  #outstanding = new Int32Array(0);
  #failedInRow = new Int32Array(0);
  #ejectedUntilUs = new Float64Array(0);

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly draws: RequestDraws,
  ) {
    const pools = state.poolUsed.length;
    this.#placeFrom = new Int32Array(pools).fill(-1);
    this.#cursor = new Int32Array(pools);
    let places = 0;
    let most = 1;
    for (const { index, service, ordinal } of model.instances) {
      const { dependenciesFrom, dependencyCount } = model.services[service];
      for (let dependency = 0; dependency < dependencyCount; dependency++) {
        const { targetKind, targetIndex } = model.dependencies[dependenciesFrom + dependency];
        const pool = state.poolFrom[index] + dependency;
        // Callers do not all begin with the same instance.
        this.#cursor[pool] = ordinal;
        if (targetKind !== "service") continue;
        this.#placeFrom[pool] = places;
        places += model.services[targetIndex].instancesMax;
        most = Math.max(most, model.services[targetIndex].instancesMax);
      }
    }
    this.#places = places;
    this.#candidates = new Int32Array(most);
    const zones = [...new Set(model.instances.map(({ index }) => zoneOf(model, index)))];
    this.#zone = Int32Array.from(model.instances, ({ index }) => zones.indexOf(zoneOf(model, index)));
  }

  /** An instance for the call, −1 when none takes requests. The caller tells with `ended` what became of it. */
  choose(choice: ChoiceOf, spec: BalancingSpec = RANDOM): number {
    this.#allocate();
    const count = this.#collect(choice);
    if (count === 0) return -1;
    const chosen = count === 1 ? this.#candidates[0] : CHOOSERS[spec.kind].call(this, choice, count, spec);
    this.#outstanding[this.#place(choice.pool, chosen)]++;
    return chosen;
  }

  /** Whether a kept connection to the instance can be used: it takes requests and is not left alone. */
  isWanted(pool: number, instance: number, nowUs: number): boolean {
    this.#allocate();
    const { service } = this.model.instances[instance];
    const from = this.model.services[service].instancesFrom;
    for (let at = from; at < from + this.state.upCount[service]; at++) {
      if (this.state.upInstances[at] === instance) return this.#ejectedUntilUs[this.#place(pool, instance)] <= nowUs;
    }
    return false;
  }

  /** A call over a kept connection to the instance begins. */
  began(pool: number, instance: number): void {
    this.#outstanding[this.#place(pool, instance)]++;
  }

  /** What became of a call to the instance. */
  ended(pool: number, instance: number, status: number, outliers: OutlierSpec | undefined, nowUs: number): void {
    const place = this.#place(pool, instance);
    this.#outstanding[place]--;
    if (outliers === undefined || saysNothing(status)) return;
    this.#failedInRow[place] = status === STATUS_OK ? 0 : this.#failedInRow[place] + 1;
    if (this.#failedInRow[place] < outliers.consecutiveFailures) return;
    this.#failedInRow[place] = 0;
    const { service } = this.model.instances[instance];
    const up = this.state.upCount[service];
    if (this.#ejected(pool, service, nowUs) + 1 <= outliers.maxEjected * up)
      this.#ejectedUntilUs[place] = nowUs + outliers.ejectFor;
  }

  /** Calls of the pool to the instance that are under way. */
  outstanding(pool: number, instance: number): number {
    return this.#outstanding.length === 0 ? 0 : this.#outstanding[this.#place(pool, instance)];
  }

  /** The process of the pool is gone. */
  forget(pool: number, dependency: number): void {
    const from = this.#placeFrom[pool];
    if (this.#outstanding.length === 0 || from < 0) return;
    const to = from + this.model.services[this.model.dependencies[dependency].targetIndex].instancesMax;
    this.#outstanding.fill(0, from, to);
    this.#failedInRow.fill(0, from, to);
    this.#ejectedUntilUs.fill(0, from, to);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.#cursor);
    writer.array(this.#outstanding);
    writer.array(this.#failedInRow);
    writer.array(this.#ejectedUntilUs);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.#cursor);
    this.#outstanding = reader.ints();
    this.#failedInRow = reader.ints();
    this.#ejectedUntilUs = reader.doubles();
  }

  #allocate(): void {
    if (this.#outstanding.length === this.#places) return;
    this.#outstanding = new Int32Array(this.#places);
    this.#failedInRow = new Int32Array(this.#places);
    this.#ejectedUntilUs = new Float64Array(this.#places);
  }

  #place(pool: number, instance: number): number {
    const { service } = this.model.instances[instance];
    return this.#placeFrom[pool] + instance - this.model.services[service].instancesFrom;
  }

  #ejected(pool: number, service: number, nowUs: number): number {
    const from = this.model.services[service].instancesFrom;
    let ejected = 0;
    for (let at = from; at < from + this.state.upCount[service]; at++) {
      if (this.#ejectedUntilUs[this.#place(pool, this.state.upInstances[at])] > nowUs) ejected++;
    }
    return ejected;
  }

  /** Instances that can be chosen, into the list of candidates; all that are up when there is no other. */
  #collect({ pool, service, avoid, nowUs }: ChoiceOf): number {
    const from = this.model.services[service].instancesFrom;
    const up = this.state.upCount[service];
    let count = 0;
    for (let at = from; at < from + up; at++) {
      const instance = this.state.upInstances[at];
      if (instance !== avoid && this.#ejectedUntilUs[this.#place(pool, instance)] <= nowUs)
        this.#candidates[count++] = instance;
    }
    if (count > 0) return count;
    for (let at = from; at < from + up; at++) this.#candidates[count++] = this.state.upInstances[at];
    return count;
  }

  inTurn({ pool }: ChoiceOf, count: number): number {
    return this.#candidates[this.#cursor[pool]++ % count];
  }

  atRandom({ key }: ChoiceOf, count: number): number {
    return this.#candidates[below(combine(key, FOR_FIRST), count)];
  }

  leastBusy({ key, pool }: ChoiceOf, count: number, { choices }: BalancingSpec): number {
    const first = below(combine(key, FOR_FIRST), count);
    let best = this.#candidates[first];
    let least = this.#outstanding[this.#place(pool, best)];
    const others = choices === 0 ? count - 1 : Math.min(choices, count) - 1;
    for (let other = 1; other <= others; other++) {
      // All others in turn, or others at random: with two choices never the same twice.
      const step = choices === 0 ? other : 1 + below(combine(key, FOR_NEXT + (other << 8)), count - 1);
      const candidate = this.#candidates[(first + step) % count];
      const busy = this.#outstanding[this.#place(pool, candidate)];
      if (busy >= least) continue;
      best = candidate;
      least = busy;
    }
    return best;
  }

  nearest(choice: ChoiceOf, count: number): number {
    const zone = this.#zone[choice.caller];
    let near = 0;
    for (let at = 0; at < count; at++) {
      const instance = this.#candidates[at];
      if (this.#zone[instance] !== zone) continue;
      // Those of the zone to the front.
      this.#candidates[at] = this.#candidates[near];
      this.#candidates[near++] = instance;
    }
    const share = Math.min(1, (OVERPROVISIONING * near) / Math.max(1, this.#ofZone(choice.service, zone)));
    if (near === 0) return this.atRandom(choice, count);
    if (near === count || uniform(combine(choice.key, FOR_LOCALITY)) < share) return this.atRandom(choice, near);
    return this.#candidates[near + below(combine(choice.key, FOR_FIRST), count - near)];
  }

  /** Instances that the service begins with in the zone. */
  #ofZone(service: number, zone: number): number {
    const { instancesFrom, spec } = this.model.services[service];
    let count = 0;
    for (let at = instancesFrom; at < instancesFrom + spec.instances; at++) if (this.#zone[at] === zone) count++;
    return count;
  }

  byHash({ request }: ChoiceOf, count: number, { hashBy }: BalancingSpec): number {
    const who = hashBy === "user" ? this.draws.userOf(request) : this.draws.productOf(request);
    const salted = combine(HASH_SALT, who);
    let best = this.#candidates[0];
    let highest = -1;
    for (let at = 0; at < count; at++) {
      const weight = combine(salted, this.#candidates[at]) >>> 0;
      if (weight <= highest) continue;
      highest = weight;
      best = this.#candidates[at];
    }
    return best;
  }
}

const CHOOSERS: Readonly<
  Record<BalancingSpec["kind"], (this: InstanceChoice, ...rest: Parameters<Chooser>) => number>
> = {
  random(choice, count) {
    return this.atRandom(choice, count);
  },
  "round-robin"(choice, count) {
    return this.inTurn(choice, count);
  },
  "least-requests"(choice, count, spec) {
    return this.leastBusy(choice, count, spec);
  },
  locality(choice, count) {
    return this.nearest(choice, count);
  },
  "consistent-hash"(choice, count, spec) {
    return this.byHash(choice, count, spec);
  },
};
