/**
 * Roll-outs: instances of a service are replaced by others, of a new version or fresh ones of the same. The next ones
 * are replaced when those before them serve, so a version that does not start stops its own roll-out. At any time at
 * least `desired − maxUnavailable` instances serve, as far as this is up to the roll-out, and there are at most
 * `desired + maxSurge`. A service that declares nothing replaces one after the other.
 *
 * Source: Kubernetes, 'Deployments' (rolling update, max unavailable, max surge, readiness); Argo Rollouts (canary and
 * blue-green steps).
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { duration } from "../../base/time.js";
import type { DeploySpec } from "../../topology/deploy-spec.js";
import type { Model } from "../../topology/model-types.js";
import { DRAIN_US, PAUSE_US, rollOutUs } from "../roll-out-schedule.js";
import { INSTANCE_ABSENT, INSTANCE_UP, WITHHELD_GREEN, type WorldState } from "../world-state.js";
import type { Processes } from "./processes.js";
import type { Replicas } from "./replicas.js";
import type { TimelineEntries } from "./timeline-entries.js";

/** One after the other. */
const UNDECLARED: DeploySpec = {
  strategy: "rolling",
  maxUnavailable: 1,
  maxSurge: 0,
  pause: duration(PAUSE_US),
  canaryShare: 0,
  canaryTime: duration(0),
};

/** What a roll-out is for: changes that it makes live, and changes that it takes back. */
export interface RollOutPurpose {
  readonly live: readonly number[];
  readonly back: readonly number[];
}

interface RollOut {
  readonly id: number;
  /** Undefined: each instance keeps its version. */
  readonly version: string | undefined;
  readonly purpose: RollOutPurpose;
  waiting: number[];
  replacing: number[];
  /** Instances beyond those that the service shall have: helpers of a rolling one, the new ones of a blue-green one. */
  spares: number[];
  /** A canary that is not to be replaced by more yet: until when. */
  holdUntilUs: number | undefined;
  /** Instances that are replaced before a canary holds; 0 once it has held. */
  canaries: number;
  /** Somebody has stopped it for the time being. */
  paused: boolean;
}

/** Who hears of the end of a roll-out. */
export type RollOutDone = (purpose: RollOutPurpose, nowUs: number) => void;

export class RollOuts implements Checkpointed {
  /** By service: the one under way. */
  readonly #active: (RollOut | undefined)[];
  readonly #counter = new Int32Array(1);
  /** By service: whether all instances are replaced at one time. Written by effects. */
  readonly allAtOnce: Uint8Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly timeline: TimelineEntries,
    readonly processes: Processes,
    readonly replicas: Replicas,
    readonly done: RollOutDone,
  ) {
    this.#active = model.services.map(() => undefined);
    this.allAtOnce = new Uint8Array(model.services.length);
  }

  /** Begins a roll-out in place of one that may be under way; when it will be complete if all goes well. */
  begin(service: number, version: string | undefined, purpose: RollOutPurpose, fromUs: number): number {
    const before = this.#active[service];
    // Without a version of its own it goes on with what was under way.
    const continues = version === undefined && before !== undefined;
    if (before !== undefined) this.#giveUp(service, before, continues, fromUs);
    const wanted = version ?? before?.version;
    const { instances, canaries } = this.#replaced(service, wanted, before !== undefined);
    const rollOut: RollOut = {
      id: ++this.#counter[0],
      version: wanted,
      purpose: continues ? before.purpose : purpose,
      waiting: [...instances],
      replacing: [],
      spares: [],
      holdUntilUs: undefined,
      canaries,
      paused: false,
    };
    this.#active[service] = rollOut;
    this.timeline.plan(fromUs, { kind: "roll-on", service, rollOut: rollOut.id });
    return fromUs + this.#lengthUs(service, instances.length);
  }

  /** The roll-out may have room for its next instances. */
  rollOn(service: number, id: number, nowUs: number): void {
    const rollOut = this.#active[service];
    if (rollOut?.id === id) this.#proceed(service, rollOut, nowUs);
  }

  /** An instance serves (again). */
  serves(instance: number, nowUs: number): void {
    const { service } = this.model.instances[instance];
    const rollOut = this.#active[service];
    if (rollOut === undefined) return;
    const replaced = rollOut.replacing.includes(instance);
    rollOut.replacing = rollOut.replacing.filter((candidate) => candidate !== instance);
    if (!replaced && !rollOut.spares.includes(instance)) return;
    if (this.#isComplete(service, rollOut)) this.#complete(service, rollOut, nowUs);
    else this.timeline.plan(nowUs + this.#specOf(service).pause, { kind: "roll-on", service, rollOut: rollOut.id });
  }

  /** An instance is there no more. */
  removed(instance: number, nowUs: number): void {
    const { service } = this.model.instances[instance];
    const rollOut = this.#active[service];
    if (rollOut === undefined) return;
    rollOut.replacing = rollOut.replacing.filter((candidate) => candidate !== instance);
    rollOut.spares = rollOut.spares.filter((candidate) => candidate !== instance);
    this.timeline.plan(nowUs, { kind: "roll-on", service, rollOut: rollOut.id });
  }

  /** Whether a roll-out of the service is under way, and whether it waits for somebody. */
  stateOf(service: number): "none" | "under way" | "holding" | "paused" {
    const rollOut = this.#active[service];
    if (rollOut === undefined) return "none";
    if (rollOut.paused) return "paused";
    return rollOut.holdUntilUs === undefined ? "under way" : "holding";
  }

  /** The changes that the roll-out under way makes live. */
  purposeOf(service: number): RollOutPurpose | undefined {
    return this.#active[service]?.purpose;
  }

  pause(service: number): void {
    const rollOut = this.#active[service];
    if (rollOut !== undefined) rollOut.paused = true;
  }

  /** Goes on at once, a canary too. */
  resume(service: number, nowUs: number): void {
    const rollOut = this.#active[service];
    if (rollOut === undefined) return;
    rollOut.paused = false;
    rollOut.holdUntilUs = undefined;
    rollOut.canaries = 0;
    this.timeline.plan(nowUs, { kind: "roll-on", service, rollOut: rollOut.id });
  }

  save(writer: StateWriter): void {
    writer.array(this.#counter);
    writer.array(this.allAtOnce);
    writer.json(this.#active.map((rollOut) => rollOut ?? null));
  }

  restore(reader: StateReader): void {
    reader.into(this.#counter);
    reader.into(this.allAtOnce);
    const stored = reader.json() as (RollOut | null)[];
    stored.forEach((rollOut, service) => {
      this.#active[service] =
        rollOut === null ? undefined : { ...rollOut, version: rollOut.version, holdUntilUs: rollOut.holdUntilUs };
    });
  }

  #specOf(service: number): DeploySpec {
    return this.model.services[service].spec.deploy ?? UNDECLARED;
  }

  /** What has to be replaced, and how many of it before a canary holds. */
  #replaced(service: number, version: string | undefined, superseding: boolean) {
    const { deploy } = this.model.services[service].spec;
    const present = this.processes.present(service);
    // Taking back what has not reached all is for those that it has reached.
    const instances =
      deploy !== undefined && superseding && version !== undefined
        ? present.filter((instance) => this.state.instanceVersion[instance] !== version)
        : present;
    const canaries =
      deploy?.strategy === "canary" && !superseding
        ? Math.min(instances.length, Math.max(1, Math.ceil(instances.length * deploy.canaryShare - 1e-9)))
        : 0;
    return { instances, canaries };
  }

  #lengthUs(service: number, count: number): number {
    const { spec } = this.model.services[service];
    const { deploy } = spec;
    if (deploy === undefined) return rollOutUs(count, spec.startup);
    if (deploy.strategy === "blue-green") return spec.startup;
    const atOnce = Math.max(1, deploy.maxUnavailable + deploy.maxSurge);
    const rounds = Math.ceil(count / atOnce);
    const hold = deploy.strategy === "canary" ? deploy.canaryTime : 0;
    const surge = deploy.maxSurge > 0 ? spec.startup + deploy.pause : 0;
    return surge + rounds * (DRAIN_US + spec.startup) + Math.max(0, rounds - 1) * deploy.pause + hold;
  }

  /** Ends a roll-out that another takes the place of. */
  #giveUp(service: number, rollOut: RollOut, continues: boolean, nowUs: number): void {
    this.#active[service] = undefined;
    this.#dismissSpares(rollOut, nowUs);
    if (!continues) this.done(rollOut.purpose, nowUs);
  }

  #proceed(service: number, rollOut: RollOut, nowUs: number): void {
    if (rollOut.paused) return;
    if (this.#specOf(service).strategy === "blue-green") this.#proceedGreen(service, rollOut, nowUs);
    else this.#proceedRolling(service, rollOut, nowUs);
  }

  #proceedRolling(service: number, rollOut: RollOut, nowUs: number): void {
    const spec = this.#specOf(service);
    if (this.#holds(service, rollOut, nowUs)) return;
    rollOut.waiting = rollOut.waiting.filter((instance) => this.state.instanceState[instance] !== INSTANCE_ABSENT);
    if (spec.maxSurge > 0 && rollOut.spares.length === 0 && rollOut.waiting.length > 0) {
      this.#startSpares(service, rollOut, Math.min(spec.maxSurge, rollOut.waiting.length), 0, nowUs);
    }
    let count = rollOut.canaries > 0 ? this.#canariesLeft(service, rollOut) : rollOut.waiting.length;
    for (const instance of [...rollOut.waiting]) {
      if (count === 0 || !this.#mayReplace(service, rollOut, instance)) break;
      this.#replace(rollOut, instance, nowUs);
      count--;
    }
    if (this.#isComplete(service, rollOut)) this.#complete(service, rollOut, nowUs);
  }

  /** Whether a canary is being watched; it begins to be when as many as shall be are replaced and serve. */
  #holds(service: number, rollOut: RollOut, nowUs: number): boolean {
    if (rollOut.holdUntilUs !== undefined) {
      if (nowUs < rollOut.holdUntilUs) return true;
      rollOut.holdUntilUs = undefined;
      rollOut.canaries = 0;
      return false;
    }
    const watched =
      rollOut.canaries > 0 && rollOut.replacing.length === 0 && this.#canariesLeft(service, rollOut) === 0;
    if (!watched || rollOut.waiting.length === 0) return false;
    rollOut.holdUntilUs = nowUs + this.#specOf(service).canaryTime;
    this.timeline.plan(rollOut.holdUntilUs, { kind: "roll-on", service, rollOut: rollOut.id });
    return true;
  }

  #canariesLeft(service: number, { canaries, waiting, spares }: RollOut): number {
    const replaced = this.processes.present(service).length - spares.length - waiting.length;
    return Math.max(0, canaries - replaced);
  }

  /** Taking away an instance that does not serve costs nothing. */
  #mayReplace(service: number, rollOut: RollOut, instance: number): boolean {
    const { deploy } = this.model.services[service].spec;
    if (this.allAtOnce[service] === 1) return true;
    if (deploy === undefined) return rollOut.replacing.length === 0;
    if (!this.#isServing(instance)) return true;
    const serving = this.processes.present(service).filter((candidate) => this.#isServing(candidate)).length;
    return serving - 1 >= this.replicas.desired[service] - deploy.maxUnavailable;
  }

  #replace(rollOut: RollOut, instance: number, nowUs: number): void {
    rollOut.waiting = rollOut.waiting.filter((candidate) => candidate !== instance);
    rollOut.replacing.push(instance);
    if (rollOut.version !== undefined) this.processes.want(instance, rollOut.version);
    this.processes.drain(instance, "restart", nowUs);
  }

  /** New ones are started beside the old ones, and take their place when all of them could serve. */
  #proceedGreen(service: number, rollOut: RollOut, nowUs: number): void {
    if (rollOut.spares.length === 0) {
      this.#startSpares(service, rollOut, rollOut.waiting.length, WITHHELD_GREEN, nowUs);
      return;
    }
    if (!rollOut.spares.every((instance) => this.#isServing(instance))) return;
    const greens = rollOut.spares;
    const blues = this.processes.present(service).filter((instance) => !greens.includes(instance));
    for (const instance of greens) this.#keepSpare(instance);
    rollOut.spares = [];
    for (const instance of blues) this.processes.drain(instance, "remove", nowUs);
    rollOut.waiting = [];
    const { desired } = this.replicas;
    // Somebody may have ordered more instances in the meantime.
    for (const instance of this.replicas.spares(service, desired[service] - greens.length)) {
      this.processes.want(instance, this.state.instanceVersion[greens[0]]);
      this.processes.start(instance, nowUs);
    }
    this.#complete(service, rollOut, nowUs);
  }

  #startSpares(service: number, rollOut: RollOut, count: number, withheld: number, nowUs: number): void {
    const version = rollOut.version ?? this.replicas.versionOf(service);
    for (const instance of this.replicas.spares(service, count)) {
      this.processes.want(instance, version);
      this.state.withhold(instance, withheld, true);
      this.replicas.spare[instance] = 1;
      rollOut.spares.push(instance);
      this.processes.start(instance, nowUs);
    }
  }

  #isServing(instance: number): boolean {
    return (
      this.state.instanceState[instance] === INSTANCE_UP && (this.state.withheld[instance] & ~WITHHELD_GREEN) === 0
    );
  }

  #isComplete(service: number, { waiting, replacing, spares }: RollOut): boolean {
    const switches = this.#specOf(service).strategy === "blue-green" && spares.length > 0;
    return waiting.length === 0 && replacing.length === 0 && !switches;
  }

  #complete(service: number, rollOut: RollOut, nowUs: number): void {
    this.#active[service] = undefined;
    this.#dismissSpares(rollOut, nowUs);
    this.done(rollOut.purpose, nowUs);
  }

  #dismissSpares({ spares }: RollOut, nowUs: number): void {
    for (const instance of spares) {
      this.#keepSpare(instance);
      this.processes.drain(instance, "remove", nowUs);
    }
  }

  /** What was beside the service's instances is one of them. */
  #keepSpare(instance: number): void {
    this.replicas.spare[instance] = 0;
    this.state.withhold(instance, WITHHELD_GREEN, false);
  }
}
