/** CPU quotas of containers: what is declared or was set, and what a fault puts in its place while it is there. */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import type { CpuAllocation } from "./cpu-allocation.js";

export interface Quota {
  /** 0 is none. */
  readonly cores: number;
  readonly periodUs: number;
  readonly parallel: number;
}

const NO_QUOTA: Quota = { cores: 0, periodUs: 0, parallel: 0 };

export class Quotas implements Checkpointed {
  /** By service. */
  readonly #set: Quota[];
  readonly #faults = new Map<number, Quota>();

  constructor(
    readonly model: Model,
    readonly cpus: CpuAllocation,
  ) {
    this.#set = model.services.map(({ spec }) => {
      const quota = spec.compute?.quota;
      return quota === undefined ? NO_QUOTA : { cores: quota.cores, periodUs: quota.period, parallel: quota.parallel };
    });
  }

  /** What is set for a service, faults left out. */
  quotaOf(service: number): Quota {
    return this.#set[service];
  }

  set(service: number, quota: Quota, nowUs: number): void {
    this.#set[service] = quota;
    this.commit(nowUs);
  }

  /** Forgets what faults had put in place. */
  clear(): void {
    this.#faults.clear();
  }

  setFault(instance: number, quota: Quota): void {
    const before = this.#faults.get(instance);
    if (before === undefined || quota.cores < before.cores) this.#faults.set(instance, quota);
  }

  commit(nowUs: number): void {
    for (const { index, service } of this.model.instances) {
      const { cores, periodUs, parallel } = this.#faults.get(index) ?? this.#set[service];
      this.cpus.setQuota(index, cores, periodUs, parallel, nowUs);
    }
  }

  /** What faults do is applied anew after a restore. */
  save(writer: StateWriter): void {
    writer.json(this.#set);
  }

  restore(reader: StateReader): void {
    this.#set.splice(0, Infinity, ...(reader.json() as Quota[]));
  }
}
