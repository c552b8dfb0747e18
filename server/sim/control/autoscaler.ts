/**
 * Horizontal autoscalers. At fixed intervals each looks at the mean of its metric over the instances that take requests
 * and wants `ceil(instances · mean / target)` of them, unless the mean is as close to the target as the tolerance.
 * Instances that are not ready count as idle when there should be more, so that those on their way are not forgotten. Up
 * it goes at once, at most to the double or by four at a look; down only to the most that was wanted at any look of the
 * stabilisation time.
 *
 * Source: Kubernetes, 'Horizontal Pod Autoscaling' (algorithm details, default behaviour).
 */
import type { StateReader, StateWriter } from "../../base/state-stream.js";
import { type AutoscaleSpec, defaultAutoscale } from "../../topology/autoscale-spec.js";
import type { Model } from "../../topology/model-types.js";
import type { Agent } from "../agent.js";
import { INSTANCE_UP, type WorldState } from "../world-state.js";
import type { Replicas } from "./replicas.js";

const UP_FACTOR = 2;
const UP_STEP = 4;
/** Looks of one autoscaler that are remembered at most. */
const LOOKS_MAX = 1_000;
/** Instead of Infinity, which is for services that nobody scales: after the end. */
const AFTER_THE_END_US = Number.MAX_VALUE;

/** What an autoscaler sees. */
export interface Look {
  /** Instances that the service has, and those of them that take requests. */
  readonly current: number;
  readonly ready: number;
  /** Mean of the metric over those that take requests. */
  readonly mean: number;
}

/** How many instances the look asks for, bounds and history aside. */
export function wantedInstances({ current, ready, mean }: Look, target: number, tolerance: number): number {
  if (current === 0 || ready === 0) return current;
  const ratio = mean / target;
  if (Math.abs(ratio - 1) <= tolerance) return current;
  if (ratio < 1) return Math.max(0, Math.ceil(ready * ratio + (current - ready) - 1e-9));
  // Those that do not answer yet count as idle: with them the answer may change its direction, and then nothing is done.
  const damped = (ratio * ready) / current;
  if (damped <= 1 + tolerance) return current;
  return Math.ceil(current * damped - 1e-9);
}

/** What people have set in place of what is declared. */
export interface AutoscalerBounds {
  readonly min: number;
  readonly max: number;
  readonly paused: boolean;
}

interface Recommendation {
  readonly atUs: number;
  readonly instances: number;
}

export class Autoscaler implements Agent {
  nextUs = Infinity;
  /** By service: what is in force; undefined where nobody scales. */
  readonly #specs: (AutoscaleSpec | undefined)[];
  readonly #bounds: (AutoscalerBounds | null)[];
  /** By service: when it looks next. */
  readonly #lookUs: Float64Array;
  readonly #recommended: Recommendation[][];
  /** By instance: processor time at the last look. */
  readonly #busyUs: Float64Array;
  /** By service: when it looked last. */
  readonly #lookedUs: Float64Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly replicas: Replicas,
    readonly times: { readonly startUs: number; readonly stopUs: number },
  ) {
    this.#specs = model.services.map(({ spec }) => spec.autoscale);
    this.#bounds = model.services.map(() => null);
    this.#lookUs = new Float64Array(model.services.length).fill(Infinity);
    this.#lookedUs = new Float64Array(model.services.length).fill(NaN);
    this.#recommended = model.services.map(() => []);
    this.#busyUs = new Float64Array(model.instances.length);
    this.commit(times.startUs);
  }

  /** Puts back what services declare; faults change it afterwards. */
  reset(): void {
    this.model.services.forEach(({ spec }, service) => (this.#specs[service] = spec.autoscale));
  }

  /** Changes an autoscaler, or brings one. */
  change(service: number, setting: Partial<AutoscaleSpec>): void {
    const before = this.#specs[service] ?? defaultAutoscale(this.model.services[service].spec.instances);
    this.#specs[service] = { ...before, ...setting };
  }

  /** Autoscalers that are there now look at their own times, a whole number of intervals after midnight. */
  commit(nowUs: number): void {
    const fromUs = Math.max(nowUs, this.times.startUs);
    this.#specs.forEach((spec, service) => {
      if (spec === undefined) {
        this.#lookUs[service] = Infinity;
        this.#lookedUs[service] = NaN;
        this.#recommended[service].length = 0;
      } else if (this.#lookUs[service] === Infinity) {
        const nextUs = (Math.floor(fromUs / spec.every) + 1) * spec.every;
        this.#lookUs[service] = nextUs >= this.times.stopUs ? AFTER_THE_END_US : nextUs;
      }
    });
    this.#findNext();
  }

  /** The bounds in force; undefined where nobody scales the service. */
  boundsOf(service: number): AutoscalerBounds | undefined {
    const spec = this.#specs[service];
    if (spec === undefined) return undefined;
    return this.#bounds[service] ?? { min: spec.min, max: spec.max, paused: false };
  }

  /** What its last look wanted, within its bounds. */
  wantedOf(service: number): number {
    const last = this.#recommended[service].at(-1)?.instances ?? this.replicas.desired[service];
    const { min, max } = this.boundsOf(service) ?? { min: last, max: last };
    return Math.min(max, Math.max(min, last));
  }

  setBounds(service: number, bounds: AutoscalerBounds): void {
    this.#bounds[service] = bounds;
  }

  /** Somebody has scaled the service: the bounds follow, so that the next look does not take it back. */
  scaled(service: number, instances: number, before: number): void {
    const bounds = this.boundsOf(service);
    if (bounds === undefined) return;
    const { min, max, paused } = bounds;
    this.#bounds[service] =
      instances > before
        ? { min: instances, max: Math.max(max, instances), paused }
        : { min: Math.min(min, instances), max: instances, paused };
  }

  step(): void {
    const nowUs = this.nextUs;
    this.#specs.forEach((spec, service) => {
      if (spec === undefined || this.#lookUs[service] > nowUs) return;
      this.#lookUs[service] = nowUs + spec.every >= this.times.stopUs ? AFTER_THE_END_US : nowUs + spec.every;
      this.#look(service, spec, nowUs);
    });
    this.#findNext();
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.double(this.nextUs);
    writer.array(this.#lookUs);
    writer.array(this.#lookedUs);
    writer.array(this.#busyUs);
    writer.json([this.#bounds, this.#recommended]);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.nextUs = reader.double();
    reader.into(this.#lookUs);
    reader.into(this.#lookedUs);
    reader.into(this.#busyUs);
    const [bounds, recommended] = reader.json() as [(AutoscalerBounds | null)[], Recommendation[][]];
    this.#bounds.splice(0, Infinity, ...bounds);
    this.#recommended.splice(0, Infinity, ...recommended);
  }

  #findNext(): void {
    this.nextUs = this.#lookUs.reduce((least, us) => Math.min(least, us), Infinity);
  }

  #look(service: number, spec: AutoscaleSpec, nowUs: number): void {
    const look = this.#see(service, spec, nowUs);
    // At the first look nothing is known of the time before.
    if (look === undefined) return;
    const { min, max, paused } = this.boundsOf(service) ?? { ...spec, paused: false };
    const asked = wantedInstances(look, spec.target, spec.tolerance);
    const recommended = this.#recommended[service];
    recommended.push({ atUs: nowUs, instances: asked });
    while (recommended.length > LOOKS_MAX || recommended[0].atUs < nowUs - spec.stabilization) recommended.shift();
    const { current } = look;
    const most = recommended.reduce((sum, { instances }) => Math.max(sum, instances), 0);
    const stable = asked >= current ? asked : Math.min(current, most);
    const bounded = Math.min(max, Math.max(min, Math.min(stable, Math.max(current * UP_FACTOR, current + UP_STEP))));
    const wanted = Math.min(bounded, this.model.services[service].instancesMax);
    if (!paused && wanted !== current && wanted > 0) this.replicas.scale(service, wanted, nowUs);
  }

  #see(service: number, { metric, every }: AutoscaleSpec, nowUs: number): Look | undefined {
    const { instancesFrom, spec, instancesMax } = this.model.services[service];
    const elapsedUs = nowUs - this.#lookedUs[service];
    this.#lookedUs[service] = nowUs;
    let sum = 0;
    let ready = 0;
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
      const busyUs = this.state.processors.busyUs(instance, nowUs);
      const usedUs = busyUs - this.#busyUs[instance];
      this.#busyUs[instance] = busyUs;
      // What has not been up for a whole interval has no measure yet.
      const isMeasured = nowUs - this.state.instanceStartedUs[instance] >= every;
      if (this.state.instanceState[instance] !== INSTANCE_UP || !isMeasured) continue;
      ready++;
      const requests = this.state.instanceBusy[instance] + this.state.workerLines.length[instance];
      sum += metric === "cpu" ? usedUs / elapsedUs / spec.cores : requests / spec.workers;
    }
    if (Number.isNaN(elapsedUs)) return undefined;
    return { current: this.replicas.desired[service], ready, mean: ready === 0 ? 0 : sum / ready };
  }
}
