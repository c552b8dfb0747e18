/**
 * Idle connections of pools that only count them. The one that became free last is used first, so those below are the
 * ones that nobody needs; a housekeeper comes by at fixed times and closes what no peak of use since its last visit has
 * reached. A connection so closes when it was idle for one to two intervals, and after two intervals a pool is as large
 * as its past makes it, however long that is.
 *
 * Simplification, named: pools have no least size. Pools that tell their connections apart (kept-connections.ts) close
 * them one by one.
 *
 * Source: Apache HttpClient, IdleConnectionEvictor; HikariCP, the housekeeper of HikariPool, which comes every 30 s.
 */
import type { StateReader, StateWriter } from "../../base/state-stream.js";
import { MICROS_PER_SECOND } from "../../base/time.js";
import type { Model } from "../../topology/model-types.js";
import type { Agent } from "../agent.js";
import type { WorldState } from "../world-state.js";

const EVERY_US = 30 * MICROS_PER_SECOND;

interface IdleOptions {
  /** Whether the connections of the dependency are closed one by one. */
  readonly keepsApart: (dependency: number) => boolean;
  readonly close: (dependency: number, pool: number, count: number, nowUs: number) => void;
}

export class IdleConnections implements Agent {
  nextUs: number;
  /** By pool: most connections that were in use at one time since the last visit. */
  readonly peak: Int32Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly options: IdleOptions,
  ) {
    this.peak = new Int32Array(state.poolUsed.length);
    this.nextUs = (Math.floor(state.heap.originUs / EVERY_US) + 1) * EVERY_US;
  }

  step(): void {
    const nowUs = this.nextUs;
    const { poolUsed, poolOpen, poolFrom } = this.state;
    for (const { index, service } of this.model.dependencies) {
      if (this.options.keepsApart(index)) continue;
      const { instancesFrom, instancesMax, dependenciesFrom } = this.model.services[service];
      for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
        const pool = poolFrom[instance] + index - dependenciesFrom;
        const needed = Math.max(this.peak[pool], poolUsed[pool]);
        if (poolOpen[pool] > needed) this.options.close(index, pool, poolOpen[pool] - needed, nowUs);
        this.peak[pool] = poolUsed[pool];
      }
    }
    this.nextUs += EVERY_US;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.double(this.nextUs);
    writer.array(this.peak);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.nextUs = reader.double();
    reader.into(this.peak);
  }
}
