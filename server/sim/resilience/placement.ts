/**
 * Where a try goes when its dependency has a policy about that: an instance of the target, and a connection to it. What
 * was placed is kept in the calling frame until `end`.
 */
import type { DrawKey } from "../../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { duration } from "../../base/time.js";
import type { Model } from "../../topology/model-types.js";
import type { ConnectionsSpec } from "../../topology/resilience-spec.js";
import {
  FRAME_CHOSEN,
  FRAME_CONNECTION,
  FRAME_INSTANCE,
  FRAME_POOL,
  FRAME_REQUEST,
  FRAME_SHIFT,
  type Frames,
} from "../frames.js";
import type { Network } from "../network.js";
import type { RequestDraws } from "../request-draws.js";
import {
  STATUS_CANCELLED,
  STATUS_CLIENT_TIMEOUT,
  STATUS_CONNECTION_REFUSED,
  STATUS_INSTANCE_STOPPED,
} from "../span-status.js";
import type { WorldState } from "../world-state.js";
import {
  type CallPolicies,
  FEATURE_BALANCING,
  FEATURE_CONNECTIONS,
  FEATURE_HEDGE,
  FEATURE_OUTLIERS,
} from "./call-policies.js";
import { IdleConnections } from "./idle-connections.js";
import { type ChoiceOf, InstanceChoice } from "./instance-choice.js";
import { KeptConnections } from "./kept-connections.js";

/** Parts of a policy for which a try has to be placed. */
export const PLACED = FEATURE_BALANCING | FEATURE_CONNECTIONS | FEATURE_HEDGE | FEATURE_OUTLIERS;

/** Connections that are told apart only because the other side closes them. */
const UNDECLARED: ConnectionsSpec = {
  idleTimeout: duration(0),
  maxLifetime: duration(0),
  notice: duration(5_000),
  balance: "request",
};

/** After these the connection cannot be used again. */
const BREAKS: ReadonlySet<number> = new Set([
  STATUS_CLIENT_TIMEOUT,
  STATUS_CONNECTION_REFUSED,
  STATUS_INSTANCE_STOPPED,
  STATUS_CANCELLED,
]);

export class Placement implements Checkpointed {
  readonly choice: InstanceChoice;
  readonly connections: KeptConnections;
  readonly idle: IdleConnections;
  /** By dependency: after how long idle the target closes a connection, 0 never. */
  readonly serverIdleUs: Float64Array;
  /** By dependency: how connections are kept that are told apart only because the other side closes them. */
  readonly #undeclared: ConnectionsSpec[];
  readonly #frames: Frames;
  /** The choice that is being made; one object for all, because a request may not make one. */
  readonly #asked: ChoiceOf = { caller: 0, pool: 0, service: 0, key: 0, request: 0, avoid: -1, nowUs: 0 };

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly policies: CallPolicies,
    readonly network: Network,
    draws: RequestDraws,
  ) {
    this.#frames = state.frames;
    this.choice = new InstanceChoice(model, state, draws);
    this.connections = new KeptConnections(state.poolUsed.length);
    this.idle = new IdleConnections(model, state, {
      keepsApart: (dependency) => (policies.features[dependency] & FEATURE_CONNECTIONS) !== 0,
      close: (dependency, pool, count, nowUs) => {
        this.#close(dependency, pool, count, nowUs);
      },
    });
    this.serverIdleUs = new Float64Array(model.dependencies.length);
    this.#undeclared = model.dependencies.map(() => UNDECLARED);
    this.resetKeepAlive();
  }

  /** Puts back how long targets keep idle connections. */
  resetKeepAlive(): void {
    for (const { index, targetKind, targetIndex } of this.model.dependencies) {
      const guard = targetKind === "service" ? this.model.services[targetIndex].spec.guard : undefined;
      this.closeIdleAfter(index, guard?.keepAlive ?? 0, UNDECLARED.notice);
    }
  }

  /** The target closes what was idle for so long (0: never); its callers take `noticeUs` to see it. */
  closeIdleAfter(dependency: number, idleUs: number, noticeUs: number): void {
    this.serverIdleUs[dependency] = idleUs;
    this.#undeclared[dependency] = { ...UNDECLARED, notice: duration(noticeUs) };
    this.policies.demand(dependency, idleUs === 0 ? 0 : FEATURE_CONNECTIONS);
  }

  /** Places a try that has its share of the pool; whether a connection has to be opened for it. */
  place(frame: number, dependency: number, used: number, avoid: number, key: DrawKey, nowUs: number): boolean {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const pool = data[base + FRAME_POOL];
    const { targetKind, targetIndex } = this.model.dependencies[dependency];
    const service = targetKind === "service" ? targetIndex : -1;
    if ((this.policies.features[dependency] & FEATURE_CONNECTIONS) === 0) {
      if (service >= 0) data[base + FRAME_CHOSEN] = this.#choose(frame, dependency, service, avoid, key, nowUs);
      return used > this.state.poolOpen[pool];
    }
    const spec = this.connectionsOf(dependency);
    // Connections from before they were told apart: idle ones get a slot.
    const older = this.state.poolOpen[pool] - this.connections.count(pool) - (used - 1 - this.connections.busy(pool));
    for (let adopted = 0; adopted < older; adopted++) this.connections.adopt(pool, nowUs);
    this.#close(dependency, pool, this.connections.expire(pool, spec, this.serverIdleUs[dependency], nowUs), nowUs);
    if (service < 0) return this.#connect(frame, dependency, -1, nowUs);
    if (spec.balance === "connection" && this.#takeAny(frame, pool, nowUs)) return false;
    const chosen = this.#choose(frame, dependency, service, avoid, key, nowUs);
    data[base + FRAME_CHOSEN] = chosen;
    return this.#connect(frame, dependency, chosen, nowUs);
  }

  connectionsOf(dependency: number): ConnectionsSpec {
    const declared = this.policies.policyOf(dependency).connections;
    return declared ?? this.#undeclared[dependency];
  }

  /** Whether the question goes out over a connection that the target will have closed when it comes. */
  meetsClosed(frame: number, dependency: number, wayUs: number, nowUs: number): boolean {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const slot = data[base + FRAME_CONNECTION];
    const keepsUs = this.serverIdleUs[dependency];
    if (slot < 0 || keepsUs === 0) return false;
    const since = this.connections.idleSinceUs(data[base + FRAME_POOL], slot);
    // A connection that has just been opened has not been idle.
    return since < nowUs && nowUs + wayUs >= since - wayUs + keepsUs;
  }

  /** No connection could be opened after all. */
  unplace(frame: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const slot = data[base + FRAME_CONNECTION];
    if (slot >= 0) this.connections.giveBack(data[base + FRAME_POOL], slot, true, 0, nowUs);
    data[base + FRAME_CONNECTION] = -1;
  }

  /** The try has ended. */
  end(frame: number, dependency: number, status: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const pool = data[base + FRAME_POOL];
    const chosen = data[base + FRAME_CHOSEN];
    const slot = data[base + FRAME_CONNECTION];
    if (pool < 0) return;
    if (chosen >= 0) this.choice.ended(pool, chosen, status, this.policies.policyOf(dependency).outliers, nowUs);
    if (slot >= 0) {
      const { maxLifetime } = this.connectionsOf(dependency);
      const kept = this.connections.giveBack(pool, slot, BREAKS.has(status), maxLifetime, nowUs);
      if (!kept) this.#close(dependency, pool, 1, nowUs);
    }
    data[base + FRAME_CHOSEN] = -1;
    data[base + FRAME_CONNECTION] = -1;
  }

  /** The process of the pool is gone. */
  forget(pool: number, dependency: number): void {
    this.choice.forget(pool, dependency);
    this.connections.forget(pool);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.serverIdleUs);
    writer.json(this.#undeclared.map(({ notice }) => notice));
    this.choice.save(writer);
    this.connections.save(writer);
    this.idle.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.serverIdleUs);
    (reader.json() as number[]).forEach((noticeUs, dependency) => {
      this.#undeclared[dependency] = { ...UNDECLARED, notice: duration(noticeUs) };
    });
    this.choice.restore(reader);
    this.connections.restore(reader);
    this.idle.restore(reader);
  }

  #choose(frame: number, dependency: number, service: number, avoid: number, key: DrawKey, nowUs: number): number {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const asked = this.#asked;
    asked.caller = data[base + FRAME_INSTANCE];
    asked.pool = data[base + FRAME_POOL];
    asked.request = data[base + FRAME_REQUEST];
    asked.service = service;
    asked.avoid = avoid;
    asked.key = key;
    asked.nowUs = nowUs;
    return this.choice.choose(asked, this.policies.policyOf(dependency).balancing);
  }

  /** The newest idle connection whose instance is well; closes none that are not, they wait for better times. */
  #takeAny(frame: number, pool: number, nowUs: number): boolean {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const slot = this.connections.takeWanted(pool, this.choice, nowUs);
    if (slot < 0) return false;
    const target = this.connections.targetOf(pool, slot);
    this.choice.began(pool, target);
    data[base + FRAME_CHOSEN] = target;
    data[base + FRAME_CONNECTION] = slot;
    return true;
  }

  /** Takes a kept connection to the instance or makes a slot for a new one; true for a new one. */
  #connect(frame: number, dependency: number, target: number, nowUs: number): boolean {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const pool = data[base + FRAME_POOL];
    const kept = this.connections.take(pool, target);
    if (kept >= 0) this.connections.assign(pool, kept, target);
    else if (this.state.poolOpen[pool] >= this.state.poolSize[dependency] && this.connections.evict(pool))
      this.#close(dependency, pool, 1, nowUs);
    data[base + FRAME_CONNECTION] = kept >= 0 ? kept : this.connections.open(pool, target, nowUs);
    return kept < 0;
  }

  #close(dependency: number, pool: number, count: number, nowUs: number): void {
    if (count === 0) return;
    const { targetKind, targetIndex } = this.model.dependencies[dependency];
    if (targetKind === "store") this.state.storeConnections[targetIndex] -= count;
    this.state.poolOpen[pool] -= count;
    this.network.setup.closed(dependency, count, nowUs);
  }
}
