/**
 * What processes that were up before the world began have counted at least once: a series of a rare failure is exposed
 * from its first occurrence on, and a process that has been up since yesterday has seen all that happens now and then. A
 * world that begins with bare processes would show fewer series than one that has gone on for an hour, and the metrics
 * server would hold, scrape and evaluate fewer.
 *
 * By series: occurrences in a life are Poisson, their mean is the rate (topology/usual-failures.ts) times the age; what is
 * more likely than not has happened.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import { clientKey } from "../topology/layouts.js";
import type { Model, ServiceModel } from "../topology/model-types.js";
import { REQUEST_BLOCK } from "../topology/series-layout.js";
import { CONSUMER_STATUSES, HTTP_CLIENT_STATUSES, SERVER_STATUSES } from "../topology/status-slots.js";
import { usualFailures, type UsualFailure } from "../topology/usual-failures.js";
import { INSTANCE_ABSENT, type WorldState } from "./world-state.js";

/** From here on 1 − exp(−mean) is more than a half. */
const LIKELY_MEAN = Math.LN2;

export class LongLives implements Checkpointed {
  /** By value of a target: 1 where the block that begins there has been counted in before. */
  readonly known: Uint8Array;

  constructor(readonly model: Model) {
    this.known = new Uint8Array(model.valueCount);
  }

  /** Processes are there and stand as they do at `nowUs`, with so many arrivals a second. */
  begin(state: WorldState, arrivalsPerSecond: number, nowUs: number): void {
    const { model } = this;
    const flags = new Map(model.flags.map(({ name }, flag) => [name, state.flags[flag] === 1]));
    const failures = usualFailures(model.topology, ({ name, is }) => flags.get(name) === is);
    for (const [service, rates] of ratesByService(model, failures)) {
      const { instancesFrom, instancesMax, spec } = model.services[service];
      for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
        if (state.instanceState[instance] === INSTANCE_ABSENT) continue;
        const ageSeconds = (nowUs - state.instanceStartedUs[instance]) / MICROS_PER_SECOND;
        const from = model.targets[model.instances[instance].target].valuesFrom;
        for (const [block, perArrival] of rates) {
          const mean = (perArrival * arrivalsPerSecond * ageSeconds) / spec.instances;
          if (mean >= LIKELY_MEAN) this.known[from + block] = 1;
        }
      }
    }
  }

  /** The process of the target is another one, which has not counted anything yet. */
  forget(target: number): void {
    const from = this.model.targets[target].valuesFrom;
    this.known.fill(0, from, from + this.model.layouts[target].series.length);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.known);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.known);
  }
}

/** Failures per arrival by block, by service. */
function ratesByService(
  model: Model,
  failures: readonly UsualFailure[],
): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const services = new Map(model.services.map((service) => [service.spec.id, service]));
  const rates = new Map<number, Map<number, number>>();
  for (const failure of failures) {
    const service = services.get(failure.service);
    const block = service === undefined ? -1 : blockOf(model, service, failure);
    if (service === undefined || block < 0) continue;
    const blocks = rates.get(service.index) ?? new Map<number, number>();
    rates.set(service.index, blocks);
    blocks.set(block, (blocks.get(block) ?? 0) + failure.perArrival);
  }
  return rates;
}

/** Where the failure is counted, −1 for nowhere. */
function blockOf(model: Model, service: ServiceModel, { seen, status }: UsualFailure): number {
  if ("use" in seen) {
    const first = service.metrics.client.get(clientKey(seen.use));
    const slot = HTTP_CLIENT_STATUSES.indexOf(status);
    return first === undefined || slot < 0 ? -1 : first + slot * REQUEST_BLOCK;
  }
  const place = service.spec.operations.findIndex(({ name }) => name === seen.operation);
  if (place < 0) return -1;
  const consumes = model.operations[service.operationsFrom + place].queue >= 0;
  const slot = (consumes ? CONSUMER_STATUSES : SERVER_STATUSES).indexOf(status);
  return slot < 0 ? -1 : service.metrics.server[place] + slot * REQUEST_BLOCK;
}
