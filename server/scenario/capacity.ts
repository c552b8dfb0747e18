/**
 * Whether a healthy topology can serve its load at all: mean demand on each resource by the utilisation law
 * (U = arrival rate × mean service time ÷ servers; Denning and Buzen, 'The operational analysis of queueing network
 * models', 1978). Means only: no queueing, no retries, no failures. That is enough to find a system that would drown
 * without any fault, before an author wonders why its healthy twin is not quiet.
 */
import type { DurationSpec, OperationSpec, StepSpec, StoreSpec, Topology } from "../topology/types.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { ValuePath } from "./source-document.js";

/** Mean use of one resource at a given load. */
export interface ResourceUse {
  readonly component: string;
  readonly resource: "workers" | "cores" | "pool" | "connections" | "consumers" | "confirmations" | "places" | "quota";
  /** For a pool: the component that the pool leads to. */
  readonly target?: string;
  /** Busy servers on average over servers there are; over 1 the load cannot be served. */
  readonly utilisation: number;
  /** Where the size of the resource is written in the topology file. */
  readonly path: ValuePath;
}

/** Mean use of every worker pool, CPU, connection pool, store and queue's consumers at so many requests per second of each journey. */
export function resourceUses(topology: Topology, rates: readonly number[]): readonly ResourceUse[] {
  const demand = new DemandWalk(topology);
  topology.journeys.forEach(({ service, operation }, index) => {
    demand.enter(service, operation, rates[index]);
  });
  return [
    ...demand.serviceUses(),
    ...demand.poolUses(),
    ...demand.storeUses(),
    ...demand.consumerUses(),
    ...demand.brokerUses(),
    ...demand.partyUses(),
  ];
}

/** Mean time that the edge takes for a request when nobody waits for anything, µs. */
export function meanResponseUs(topology: Topology): number {
  const demand = new DemandWalk(topology);
  return sum(topology.journeys.map(({ service, operation, share }) => share * demand.responseUs(service, operation)));
}

/** Mean time of processing a message of each queue when nobody waits for anything, µs. */
export function meanProcessingUs(topology: Topology): readonly number[] {
  const demand = new DemandWalk(topology);
  return topology.queues.map(({ consumer }) => demand.responseUs(consumer.service, consumer.operation));
}

/** Items in a basket on average: lognormal mean, held between 1 and the largest. */
function basketMean(topology: Topology): number {
  const { median, sigma, max } = topology.load.basket;
  return Math.min(max, Math.max(1, median * Math.exp((sigma * sigma) / 2)));
}

const meanOf = ({ median, sigma, law }: DurationSpec): number =>
  law === "exponential" ? median / Math.LN2 : median * Math.exp((sigma * sigma) / 2);

/** Follows the load from the journeys down and adds up busy time per second, in µs, on each resource. */
class DemandWalk {
  private readonly workerBusy = new Map<string, number>();
  private readonly cpuBusy = new Map<string, number>();
  private readonly poolBusy = new Map<string, number>();
  private readonly storeBusy = new Map<string, number>();
  private readonly connectionBusy = new Map<string, number>();
  private readonly consumerBusy = new Map<string, number>();
  private readonly published = new Map<string, number>();
  private readonly asked = new Map<string, number>();
  private readonly partyBusy = new Map<string, number>();
  private readonly latencies = new Map<OperationSpec, number>();
  private readonly hop: number;
  private readonly items: number;

  constructor(private readonly topology: Topology) {
    this.hop = meanOf(topology.network.latency);
    this.items = basketMean(topology);
  }

  responseUs(service: string, operation: string): number {
    const spec = this.operation(service, operation);
    return spec === undefined ? 0 : this.latencyOf(service, spec);
  }

  enter(service: string, operation: string, rate: number): void {
    const spec = this.operation(service, operation);
    if (spec === undefined || rate <= 0) return;
    add(this.workerBusy, service, rate * this.latencyOf(service, spec));
    for (const step of spec.steps) this.load(service, step, rate);
  }

  serviceUses(): ResourceUse[] {
    return this.topology.services.flatMap((service): ResourceUse[] => [
      {
        component: service.id,
        resource: "workers",
        utilisation: (this.workerBusy.get(service.id) ?? 0) / MICROS_PER_SECOND / (service.instances * service.workers),
        path: ["services", service.id, "workers"],
      },
      {
        component: service.id,
        resource: "cores",
        utilisation:
          (this.cpuBusy.get(service.id) ?? 0) /
          MICROS_PER_SECOND /
          (service.instances * (service.compute?.quota?.cores ?? service.cores)),
        path: ["services", service.id, "cores"],
      },
    ]);
  }

  poolUses(): ResourceUse[] {
    return this.topology.services.flatMap((service) =>
      service.dependencies.map((dependency): ResourceUse => {
        const busy = this.poolBusy.get(`${service.id} ${dependency.target}`) ?? 0;
        return {
          component: service.id,
          resource: "pool",
          target: dependency.target,
          utilisation: busy / MICROS_PER_SECOND / (service.instances * dependency.poolSize),
          path: ["services", service.id, "dependencies", dependency.target, "pool"],
        };
      }),
    );
  }

  storeUses(): ResourceUse[] {
    return this.topology.stores.flatMap((store): ResourceUse[] => [
      {
        component: store.id,
        resource: "cores",
        utilisation: (this.storeBusy.get(store.id) ?? 0) / MICROS_PER_SECOND / store.cores,
        path: ["stores", store.id, "cores"],
      },
      {
        component: store.id,
        resource: "connections",
        utilisation: (this.connectionBusy.get(store.id) ?? 0) / MICROS_PER_SECOND / store.connectionLimit,
        path: ["stores", store.id, "connections"],
      },
    ]);
  }

  consumerUses(): ResourceUse[] {
    return this.topology.queues.map(({ id, consumer, partitions }) => ({
      component: id,
      resource: "consumers",
      utilisation:
        (this.consumerBusy.get(id) ?? 0) /
        MICROS_PER_SECOND /
        Math.min(consumer.concurrency, partitions?.count ?? Infinity),
      path: ["queues", id, "consumer", "concurrency"],
    }));
  }

  /** Brokers that say how many messages they confirm. */
  brokerUses(): ResourceUse[] {
    return this.topology.queues.flatMap(({ id, confirmsPerSecond }) =>
      confirmsPerSecond === undefined
        ? []
        : [
            {
              component: id,
              resource: "confirmations",
              utilisation: (this.published.get(id) ?? 0) / confirmsPerSecond,
              path: ["queues", id, "confirmsPerSecond"],
            },
          ],
    );
  }

  /** External parties that say how many requests they take, or how many at a time. */
  partyUses(): ResourceUse[] {
    return this.topology.externals.flatMap(({ id, capacity, quota }): ResourceUse[] => [
      ...(capacity === undefined
        ? []
        : [
            {
              component: id,
              resource: "places",
              utilisation: (this.partyBusy.get(id) ?? 0) / MICROS_PER_SECOND / capacity.concurrency,
              path: ["externals", id, "capacity", "concurrency"],
            } as const,
          ]),
      ...(quota === undefined
        ? []
        : [
            {
              component: id,
              resource: "quota",
              utilisation: (this.asked.get(id) ?? 0) / ((quota.limit / quota.per) * MICROS_PER_SECOND),
              path: ["externals", id, "quota", "limit"],
            } as const,
          ]),
    ]);
  }

  private operation(service: string, name: string): OperationSpec | undefined {
    return this.topology.services.find(({ id }) => id === service)?.operations.find((spec) => spec.name === name);
  }

  /** Mean time of one execution without any waiting, µs. Calls never run in circles: that was checked before. */
  private latencyOf(service: string, operation: OperationSpec): number {
    const known = this.latencies.get(operation);
    if (known !== undefined) return known;
    const latency = sum(operation.steps.map((step) => this.stepLatency(service, step)));
    this.latencies.set(operation, latency);
    return latency;
  }

  private stepLatency(service: string, step: StepSpec): number {
    if (!this.isActive(step)) return 0;
    switch (step.kind) {
      case "cpu":
        return meanOf(step.time) + this.items * (step.perItem ?? 0);
      case "parallel":
        return Math.max(...step.branches.map((branch) => sum(branch.map((inner) => this.stepLatency(service, inner)))));
      case "cache":
        return (
          this.callLatency(step) +
          this.missRatio(step) * sum(step.onMiss.map((inner) => this.stepLatency(service, inner)))
        );
      case "call":
      case "query":
        return this.times(step.repeat) * this.callLatency(step);
      default:
        return this.callLatency(step);
    }
  }

  /** Mean time of one call to another component, with the way there and back. */
  private callLatency(step: Exclude<StepSpec, { kind: "cpu" | "parallel" }>): number {
    const way = 2 * this.hop;
    switch (step.kind) {
      case "call": {
        const operation = this.operation(step.service, step.operation);
        return operation === undefined ? way : way + this.latencyOf(step.service, operation);
      }
      case "query": {
        const query = this.query(step.store, step.query);
        return query === undefined ? way : way + meanOf(query.io) + this.queryCpu(query);
      }
      case "cache": {
        const cache = this.topology.caches.find(({ id }) => id === step.cache);
        return cache === undefined ? way : way + meanOf(cache.latency);
      }
      case "external": {
        const external = this.topology.externals.find(({ id }) => id === step.external);
        const operation = external?.operations.find(({ name }) => name === step.operation);
        return operation === undefined ? way : way + meanOf(operation.latency);
      }
      case "publish": {
        const queue = this.topology.queues.find(({ id }) => id === step.queue);
        return queue === undefined ? way : way + meanOf(queue.publishLatency);
      }
    }
  }

  private load(service: string, step: StepSpec, rate: number): void {
    if (!this.isActive(step)) return;
    switch (step.kind) {
      case "cpu":
        add(this.cpuBusy, service, rate * this.stepLatency(service, step));
        return;
      case "parallel":
        for (const branch of step.branches) for (const inner of branch) this.load(service, inner, rate);
        return;
      case "call": {
        const calls = rate * this.times(step.repeat);
        add(this.poolBusy, `${service} ${step.service}`, calls * this.callLatency(step));
        this.enter(step.service, step.operation, calls);
        return;
      }
      case "query":
        this.loadStore(service, step, rate * this.times(step.repeat));
        return;
      case "cache":
        add(this.poolBusy, `${service} ${step.cache}`, rate * this.callLatency(step));
        for (const inner of step.onMiss) this.load(service, inner, rate * this.missRatio(step));
        return;
      case "external":
        add(this.poolBusy, `${service} ${step.external}`, rate * this.callLatency(step));
        add(this.asked, step.external, rate);
        add(this.partyBusy, step.external, rate * this.callLatency(step));
        return;
      case "publish": {
        const queue = this.topology.queues.find(({ id }) => id === step.queue);
        if (queue === undefined) return;
        add(this.published, queue.id, rate);
        const { service: consumer, operation } = queue.consumer;
        const spec = this.operation(consumer, operation);
        if (spec !== undefined) add(this.consumerBusy, queue.id, rate * this.latencyOf(consumer, spec));
        this.enter(consumer, operation, rate);
      }
    }
  }

  private loadStore(service: string, step: StepSpec & { readonly kind: "query" }, rate: number): void {
    const query = this.query(step.store, step.query);
    if (query === undefined) return;
    const held = rate * this.callLatency(step);
    add(this.poolBusy, `${service} ${step.store}`, held);
    add(this.connectionBusy, step.store, held);
    add(this.storeBusy, step.store, rate * this.queryCpu(query));
  }

  private query(store: string, query: string): StoreSpec["queries"][number] | undefined {
    return this.topology.stores.find(({ id }) => id === store)?.queries.find(({ id }) => id === query);
  }

  private queryCpu(query: StoreSpec["queries"][number]): number {
    return meanOf(query.cpu) + this.times(query.rows) * query.cpuPerRow;
  }

  private times(repeat: number | "basket"): number {
    return repeat === "basket" ? this.items : repeat;
  }

  private isActive(step: StepSpec): boolean {
    const condition = "flag" in step ? step.flag : undefined;
    if (condition === undefined) return true;
    const { name, is } = condition;
    return (this.topology.flags.find((flag) => flag.name === name)?.initial ?? false) === is;
  }

  /** Without simulating, the hit ratio of a cache is unknown; half is on the safe side for any cache worth having. */
  private missRatio(step: StepSpec & { readonly kind: "cache" }): number {
    return step.onMiss.length === 0 ? 0 : 0.5;
  }
}

const add = (totals: Map<string, number>, key: string, amount: number): void => {
  totals.set(key, (totals.get(key) ?? 0) + amount);
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
