/**
 * Users who wait for each answer, think, and go on: a closed system, where a slow service slows its own load down.
 * A cycle is a journey, its answer (or the end of patience, perhaps some reloads), and a time to think; the journey that
 * follows depends on the last one. Everything of a cycle is keyed by user and cycle, so that the n-th cycle of a user is
 * the same in a world where answers take longer; it only begins later.
 *
 * Model: interactive response time law X = N / (R + Z) (J. D. C. Little, 1961; E. Lazowska et al., Quantitative System
 * Performance, ch. 3); with exponential times and one station the machine-repair queue M/M/c//N.
 *
 * Simplification, named: a request that its user has given up goes on to be served.
 */
import type { EventHeap } from "../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { LimitError } from "../base/limit-error.js";
import { quantileAt, QuantileTables } from "../base/quantile-tables.js";
import type { PopulationSpec } from "../topology/load-spec.js";
import type { Model } from "../topology/model-types.js";
import type { DurationSpec } from "../topology/types.js";
import { EVENT_PATIENCE, EVENT_SHIFT, EVENT_USER } from "./events.js";
import { calendarFactor, lastMomentUs } from "./load-curves.js";
import { meanUs, membersOf } from "./load-sources.js";
import { PatienceRing } from "./patience-ring.js";
import type { RequestDraws } from "./request-draws.js";
import { Segments } from "./segments.js";
import { STATUS_OK } from "./span-status.js";
import type { UserDistances } from "./user-distances.js";

const FOR_THINKING = 601;
const FOR_NEXT = 602;
const FOR_RELOAD = 603;
const FOR_WAY_THERE = 604;
const FOR_WAY_BACK = 605;
const FOR_FIRST = 606;

const AWAY = 0;
const THINKING = 1;
const WAITING = 2;
const NO_JOURNEY = 255;

/** Users of a world at most: each has an event that is pending. */
const USERS_MAX = 1 << 18;
/**
 * A world does not know the cycles before it began. It begins to count where a user would be that had been there all
 * the time and thought a quarter faster, so that the numbers of two stretches of a world do not meet.
 */
const PACE = 1.25;
const THINK_LEAST_US = 50_000;

/** Where requests go. */
export type SendRequest = (request: number, journey: number, nowUs: number) => void;

interface Population {
  readonly spec: PopulationSpec;
  readonly from: number;
  readonly members: number;
  readonly thinkTable: number;
  /** By journey: what may follow it. */
  readonly next: readonly Segments[];
  readonly patience: PatienceRing;
}

export class WaitingUsers implements Checkpointed {
  readonly #populations: readonly Population[];
  readonly #populationOf: Uint8Array;
  readonly #state: Uint8Array;
  readonly #journey: Uint8Array;
  readonly #tried: Uint8Array;
  readonly #cycle: Int32Array;
  /** By population: users that shall be there. */
  readonly #wanted: Int32Array;
  readonly #tables: Float64Array;

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly draws: RequestDraws,
    readonly distances: UserDistances,
    readonly send: SendRequest,
    times: { readonly startUs: number; readonly stopUs: number },
  ) {
    const specs = model.topology.load.populations ?? [];
    const tables = new QuantileTables();
    let users = 0;
    this.#populations = specs.map((spec) => {
      const from = users;
      const members = membersOf(spec, model.topology.load);
      users += members;
      const thinkTable = tables.offsetOf(spec.think.law ?? "lognormal", spec.think.sigma);
      return { spec, from, members, thinkTable, next: this.#nextOf(spec), patience: new PatienceRing() };
    });
    if (users > USERS_MAX)
      throw new LimitError("users who wait for answers", USERS_MAX, users, "Lower the populations of the topology.");
    this.#tables = tables.build();
    this.#populationOf = new Uint8Array(users);
    this.#populations.forEach(({ from, members }, index) => this.#populationOf.fill(index, from, from + members));
    this.#state = new Uint8Array(users);
    this.#journey = new Uint8Array(users).fill(NO_JOURNEY);
    this.#tried = new Uint8Array(users);
    this.#cycle = Int32Array.from(this.#populationOf, (index) => firstCycle(specs[index].think, times.startUs));
    this.#wanted = new Int32Array(specs.length);
    this.stopUs = times.stopUs;
  }

  /** From here on nobody sends anything. */
  readonly stopUs: number;

  /** Lets users come and go as the declaration says; at the beginning of each second. */
  second(nowUs: number): void {
    this.#populations.forEach(({ spec, from, members }, index) => {
      const wanted = Math.min(members, wantedAt(spec, this.model.topology.load, nowUs));
      for (let user = from + this.#wanted[index]; user < from + wanted; user++) {
        if (this.#state[user] !== AWAY) continue;
        const key = this.#keyOf(user);
        this.#state[user] = THINKING;
        // Somewhere in the middle of thinking.
        this.#wake(user, nowUs + this.#thinkUs(user, key) * uniform(combine(key, FOR_FIRST)));
      }
      this.#wanted[index] = wanted;
    });
  }

  /** A user has thought or paused enough. */
  awake(user: number, nowUs: number): void {
    const index = this.#populationOf[user];
    const population = this.#populations[index];
    if (nowUs >= this.stopUs || user - population.from >= this.#wanted[index]) {
      this.#state[user] = AWAY;
      return;
    }
    const request = this.#requestOf(user);
    const key = this.draws.keyOf(request);
    if (this.#tried[user] === 0) {
      const next = population.next[this.#journey[user] === NO_JOURNEY ? 0 : this.#journey[user] + 1];
      this.#journey[user] = next.of(key);
    }
    this.#state[user] = WAITING;
    if (population.spec.patience !== undefined) {
      population.patience.push(nowUs + population.spec.patience, request);
      if (population.patience.length === 1) this.#watchPatience(index);
    }
    this.send(request, this.#journey[user], nowUs);
  }

  /** The edge has answered a request, perhaps one of a user who waits for it. */
  answered(request: number, status: number, nowUs: number): void {
    const user = this.draws.numbers.waitingUserOf(request);
    if (user >= 0 && this.#waitsFor(user, request)) this.#goOn(user, request, status !== STATUS_OK, nowUs);
  }

  /** The oldest request of a population with patience is due. */
  impatient(index: number, nowUs: number): void {
    const { patience } = this.#populations[index];
    while (patience.nextUs <= nowUs) {
      const request = patience.take();
      const user = this.draws.numbers.waitingUserOf(request);
      if (this.#waitsFor(user, request)) this.#goOn(user, request, true, nowUs);
    }
    // Requests that were answered meanwhile need no event.
    while (patience.length > 0 && !this.#isOpen(patience)) patience.take();
    if (patience.length > 0) this.#watchPatience(index);
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const values of this.#columns()) writer.array(values);
    for (const { patience } of this.#populations) patience.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const values of this.#columns()) reader.into(values);
    for (const { patience } of this.#populations) patience.restore(reader);
  }

  #columns(): readonly (Uint8Array | Int32Array)[] {
    return [this.#state, this.#journey, this.#tried, this.#cycle, this.#wanted];
  }

  #isOpen(patience: PatienceRing): boolean {
    const request = patience.oldest;
    return this.#waitsFor(this.draws.numbers.waitingUserOf(request), request);
  }

  #waitsFor(user: number, request: number): boolean {
    return this.#state[user] === WAITING && this.#requestOf(user) === request;
  }

  /** Tries again, or thinks about what to do next. */
  #goOn(user: number, request: number, failed: boolean, nowUs: number): void {
    const { reload } = this.#populations[this.#populationOf[user]].spec;
    const key = this.draws.keyOf(request);
    this.#state[user] = THINKING;
    if (failed && this.#tried[user] < reload.times && uniform(combine(key, FOR_RELOAD)) < reload.share) {
      this.#tried[user]++;
      this.#wake(user, nowUs + reload.pause);
      return;
    }
    const waysUs = this.#waysUs(request, key);
    this.#tried[user] = 0;
    const thinkUs = this.#thinkUs(user, this.#keyOf(user));
    this.#cycle[user]++;
    this.#wake(user, nowUs + waysUs + thinkUs);
  }

  #waysUs(request: number, key: DrawKey): number {
    const region = this.draws.regionIndexOf(request);
    return this.distances.oneWayUs(region, key, FOR_WAY_THERE) + this.distances.oneWayUs(region, key, FOR_WAY_BACK);
  }

  #wake(user: number, atUs: number): void {
    this.heap.push(Math.round(atUs), (user << EVENT_SHIFT) | EVENT_USER);
  }

  #watchPatience(index: number): void {
    this.heap.push(this.#populations[index].patience.nextUs, (index << EVENT_SHIFT) | EVENT_PATIENCE);
  }

  #requestOf(user: number): number {
    return this.draws.numbers.waiting(user, this.#cycle[user], this.#tried[user]);
  }

  /** Of the cycle, whatever the try. */
  #keyOf(user: number): DrawKey {
    return this.draws.keyOf(this.draws.numbers.waiting(user, this.#cycle[user], 0));
  }

  #thinkUs(user: number, key: DrawKey): number {
    const { spec, thinkTable } = this.#populations[this.#populationOf[user]];
    return spec.think.median * quantileAt(this.#tables, thinkTable, combine(key, FOR_THINKING));
  }

  /** Place 0: what a user begins with; then by journey. */
  #nextOf(spec: PopulationSpec): readonly Segments[] {
    const { journeys } = this.model;
    const usual = journeys.map((journey) => ({ name: journey.spec.id, share: journey.spec.share }));
    const rows = journeys.map((journey) => {
      const row = spec.next.find((candidate) => candidate.journey === journey.spec.id);
      const shareOf = (id: string): number => row?.shares.find(({ name }) => name === id)?.share ?? 0;
      return row === undefined ? usual : usual.map(({ name }) => ({ name, share: shareOf(name) }));
    });
    return [usual, ...rows].map((shares) => new Segments(shares, FOR_NEXT));
  }
}

function firstCycle(think: DurationSpec, startUs: number): number {
  return Math.floor((startUs * PACE) / Math.max(THINK_LEAST_US, meanUs(think))) % 0x4000_0000;
}

/** Users that a population has at an instant. */
export function wantedAt(
  { users, growth, followsCurve }: PopulationSpec,
  load: Model["topology"]["load"],
  nowUs: number,
): number {
  const factor = followsCurve ? calendarFactor(load, nowUs) : 1;
  if (growth === undefined) return Math.round(users * factor);
  const elapsed = nowUs - lastMomentUs(growth.start, nowUs);
  const grown = elapsed === Infinity ? 0 : growth.over === 0 ? 1 : Math.min(1, elapsed / growth.over);
  return Math.round((users + (growth.users - users) * grown) * factor);
}
