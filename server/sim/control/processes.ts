/**
 * Processes of services: they start, take requests, are drained, stop, and start again after they have ended by
 * themselves. One that ends again and again waits ever longer before the next start: at once the first time, then 10 s
 * and twice as long each time up to 5 minutes, forgotten after 10 minutes of good work.
 *
 * Source: Kubernetes, 'Pod Lifecycle' (container restart policy, CrashLoopBackOff).
 */
import { below, combine, keyOfText, uniform } from "../../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { MICROS_PER_HOUR, MICROS_PER_SECOND } from "../../base/time.js";
import type { Model } from "../../topology/model-types.js";
import { DRAIN_US } from "../roll-out-schedule.js";
import {
  INSTANCE_ABSENT,
  INSTANCE_DRAINING,
  INSTANCE_STARTING,
  INSTANCE_UP,
  INSTANCE_WAITING,
  type WorldState,
} from "../world-state.js";
import type { Step, TimelineEntries } from "./timeline-entries.js";

const DAY_US = 24 * MICROS_PER_HOUR;
const FOR_DAY = 1;
const FOR_HOUR = 2;
const FOR_TURN = 3;
/** Services are rolled out about once a week. */
const DAYS_MAX = 6;
const WORK_FROM_US = 8 * MICROS_PER_HOUR;
const WORK_US = 8 * MICROS_PER_HOUR;
/** Least time from one instance of a roll-out to the next. */
const TURN_US = 30 * MICROS_PER_SECOND;
const BACK_OFF_US = 10 * MICROS_PER_SECOND;
const BACK_OFF_MAX_US = 300 * MICROS_PER_SECOND;
const FORGIVEN_AFTER_US = 600 * MICROS_PER_SECOND;

/** Who hears of what becomes of processes. */
export interface ProcessWatcher {
  /** The process is killed, with what it was working on. */
  kill(instance: number, nowUs: number): void;
  /** A fresh process: its counts begin at nothing. */
  fresh(instance: number, nowUs: number): void;
  lifecycle(instance: number, event: "stopping" | "started" | "ready", nowUs: number): void;
  /** The process has ended by itself; it is started again after the delay. */
  crashed(instance: number, reason: string, delayUs: number, nowUs: number): void;
  /** Its code is what its version has. */
  loadCode(instance: number, nowUs: number): void;
  /** It has started well. */
  ready(instance: number, nowUs: number): void;
  removed(instance: number, nowUs: number): void;
}

/** How long a process that has ended waits until it is started, by how often it has ended before in a row. */
export function backOffUs(failuresBefore: number): number {
  return failuresBefore === 0 ? 0 : Math.min(BACK_OFF_US * 2 ** (failuresBefore - 1), BACK_OFF_MAX_US);
}

/**
 * How long before midnight a process was started that is there at the beginning: its service was rolled out in the hours
 * in which people work, on one of the days before, one instance after the other. Counted from midnight, so that worlds that
 * begin at different moments of a day agree.
 */
function lifeBeforeUs(service: string, ordinal: number): number {
  const key = keyOfText(service);
  const days = 1 + below(combine(key, FOR_DAY), DAYS_MAX);
  const hourUs = WORK_FROM_US + Math.floor(uniform(combine(key, FOR_HOUR)) * WORK_US);
  const apartUs = Math.floor((1 + uniform(combine(combine(key, FOR_TURN), ordinal))) * TURN_US);
  return days * DAY_US - hourUs - ordinal * apartUs;
}

export class Processes implements Checkpointed {
  /** By instance: how often it has been started again since its place was taken. */
  readonly restarts: Int32Array;
  /** By instance: 1 while starts of it fail, 2 while they never end. Written by effects. */
  readonly startFails: Uint8Array;
  /** How long a failing start runs. */
  readonly failsAfterUs: Float64Array;
  /** By service: whether its processes are stopped without being drained. Written by effects. */
  readonly abrupt: Uint8Array;
  /** By instance: rises when it begins to stop, so that entries about an earlier life are void. */
  readonly #token: Int32Array;
  /** By instance: how often in a row it has ended soon after its start. */
  readonly #failures: Int32Array;
  /** By instance: the version that its next process runs. */
  readonly #wanted: string[];

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly timeline: TimelineEntries,
    readonly watcher: ProcessWatcher,
  ) {
    const count = model.instances.length;
    this.restarts = new Int32Array(count);
    this.startFails = new Uint8Array(count);
    this.failsAfterUs = new Float64Array(count);
    this.abrupt = new Uint8Array(model.services.length);
    this.#token = new Int32Array(count);
    this.#failures = new Int32Array(count);
    this.#wanted = [...state.instanceVersion];
  }

  /** The state of the beginning: the first instances of each service are up, and have been since its last roll-out. */
  boot(startUs: number): void {
    for (const { index, ordinal, service } of this.model.instances) {
      if (ordinal >= this.model.services[service].spec.instances) continue;
      const { id } = this.model.services[service].spec;
      this.state.instanceStartedUs[index] = Math.floor(startUs / DAY_US) * DAY_US - lifeBeforeUs(id, ordinal);
      this.state.setInstanceState(index, INSTANCE_UP);
    }
  }

  /** Instances of the service that are there in some way. */
  present(service: number): readonly number[] {
    const { instancesFrom, instancesMax } = this.model.services[service];
    const all = Array.from({ length: instancesMax }, (_, ordinal) => instancesFrom + ordinal);
    return all.filter((instance) => this.state.instanceState[instance] !== INSTANCE_ABSENT);
  }

  /** What the next process of the instance runs. */
  want(instance: number, version: string): void {
    this.#wanted[instance] = version;
  }

  drain(instance: number, then: "restart" | "remove", nowUs: number): void {
    const phase = this.state.instanceState[instance];
    if (phase === INSTANCE_ABSENT) return;
    const token = ++this.#token[instance];
    if (phase === INSTANCE_UP) {
      this.state.setInstanceState(instance, INSTANCE_DRAINING);
      this.watcher.lifecycle(instance, "stopping", nowUs);
    }
    const drainUs = this.abrupt[this.model.instances[instance].service] === 1 ? 0 : DRAIN_US;
    this.timeline.plan(nowUs + drainUs, { kind: "stop", instance, token, then });
  }

  stop({ instance, token, then }: Extract<Step, { kind: "stop" }>, nowUs: number): void {
    if (this.#token[instance] !== token) return;
    this.watcher.kill(instance, nowUs);
    if (then === "restart") {
      this.start(instance, nowUs);
      return;
    }
    this.state.instanceVersion[instance] = this.#wanted[instance];
    this.state.setInstanceState(instance, INSTANCE_ABSENT);
    this.state.userLabels[instance] = undefined;
    this.restarts[instance] = 0;
    this.#failures[instance] = 0;
    this.watcher.removed(instance, nowUs);
  }

  /** Starts a process in a place that may have been empty; with a token only in the life that it belongs to. */
  start(instance: number, nowUs: number, of?: number): void {
    if (of !== undefined && this.#token[instance] !== of) return;
    const token = ++this.#token[instance];
    this.state.instanceVersion[instance] = this.#wanted[instance];
    this.state.instanceStartedUs[instance] = nowUs;
    this.watcher.loadCode(instance, nowUs);
    this.state.setInstanceState(instance, INSTANCE_STARTING);
    this.watcher.fresh(instance, nowUs);
    this.watcher.lifecycle(instance, "started", nowUs);
    const { startup } = this.model.services[this.model.instances[instance].service].spec;
    if (this.startFails[instance] === 1)
      this.timeline.plan(nowUs + this.failsAfterUs[instance], { kind: "crash", instance, token, reason: "Error" });
    else if (this.startFails[instance] === 0) this.timeline.plan(nowUs + startup, { kind: "ready", instance, token });
  }

  ready({ instance, token }: Extract<Step, { kind: "ready" }>, nowUs: number): void {
    if (this.#token[instance] !== token) return;
    this.state.setInstanceState(instance, INSTANCE_UP);
    this.watcher.lifecycle(instance, "ready", nowUs);
    this.watcher.ready(instance, nowUs);
  }

  /** The process has ended by itself, at once and with all that it was working on. */
  crash(instance: number, reason: string, nowUs: number, of?: number): void {
    const phase = this.state.instanceState[instance];
    const runs = phase !== INSTANCE_ABSENT && phase !== INSTANCE_WAITING;
    if (!runs || (of !== undefined && this.#token[instance] !== of)) return;
    if (nowUs - this.state.instanceStartedUs[instance] >= FORGIVEN_AFTER_US) this.#failures[instance] = 0;
    const delayUs = backOffUs(this.#failures[instance]++);
    const token = ++this.#token[instance];
    this.restarts[instance]++;
    this.watcher.kill(instance, nowUs);
    this.state.setInstanceState(instance, INSTANCE_WAITING);
    this.watcher.crashed(instance, reason, delayUs, nowUs);
    this.timeline.plan(nowUs + delayUs, { kind: "start", instance, token });
  }

  /** Starts of the instance fail no more: a start that hangs is given up, one that waits keeps waiting. */
  unhang(instance: number, nowUs: number): void {
    if (this.state.instanceState[instance] === INSTANCE_STARTING) this.crash(instance, "Error", nowUs);
  }

  save(writer: StateWriter): void {
    for (const values of this.#columns()) writer.array(values);
    writer.json(this.#wanted);
  }

  restore(reader: StateReader): void {
    for (const values of this.#columns()) reader.into(values);
    this.#wanted.splice(0, Infinity, ...(reader.json() as string[]));
  }

  #columns(): readonly (Int32Array | Uint8Array | Float64Array)[] {
    return [this.restarts, this.startFails, this.failsAfterUs, this.abrupt, this.#token, this.#failures];
  }
}
