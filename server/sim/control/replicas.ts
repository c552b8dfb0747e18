/** How many instances each service shall have, and what starts or removes them. */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import { DRAIN_US } from "../roll-out-schedule.js";
import { INSTANCE_ABSENT, type WorldState } from "../world-state.js";
import type { Processes } from "./processes.js";
import type { TimelineEntries } from "./timeline-entries.js";

export class Replicas implements Checkpointed {
  readonly desired: Int32Array;
  /** By instance: whether a roll-out has it beside those that the service shall have. */
  readonly spare: Uint8Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly timeline: TimelineEntries,
    readonly processes: Processes,
  ) {
    this.desired = Int32Array.from(model.services, ({ spec }) => spec.instances);
    this.spare = new Uint8Array(model.instances.length);
  }

  /** The version that most recently took the service's first place. */
  versionOf(service: number): string {
    const first = this.processes.present(service).at(0) ?? this.model.services[service].instancesFrom;
    return this.state.instanceVersion[first];
  }

  /** Brings the service to so many instances; the instant at which the last one is ready or gone. */
  scale(service: number, instances: number, nowUs: number): number {
    const { instancesFrom, instancesMax, spec } = this.model.services[service];
    this.desired[service] = instances;
    const version = this.versionOf(service);
    const present = this.processes.present(service).filter((instance) => this.spare[instance] === 0);
    let missing = instances - present.length;
    const done = missing > 0 ? nowUs + spec.startup : missing < 0 ? nowUs + DRAIN_US : nowUs;
    for (const instance of present.slice(Math.min(present.length, instances)))
      this.timeline.plan(nowUs, { kind: "drain", instance, then: "remove" });
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax && missing > 0; instance++) {
      if (this.state.instanceState[instance] !== INSTANCE_ABSENT) continue;
      this.processes.want(instance, version);
      this.timeline.plan(nowUs, { kind: "start", instance });
      missing--;
    }
    return done;
  }

  /** Places for `count` instances beside those that are there. */
  spares(service: number, count: number): readonly number[] {
    const { instancesFrom, instancesMax } = this.model.services[service];
    const places = Array.from({ length: instancesMax }, (_, ordinal) => instancesFrom + ordinal);
    return places.filter((instance) => this.state.instanceState[instance] === INSTANCE_ABSENT).slice(0, count);
  }

  save(writer: StateWriter): void {
    writer.array(this.desired);
    writer.array(this.spare);
  }

  restore(reader: StateReader): void {
    reader.into(this.desired);
    reader.into(this.spare);
  }
}
