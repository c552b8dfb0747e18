/**
 * What processes spend their time on, by place in their code: processor time of each computation, time that each step
 * took, waits for connections and workers. Counted where the work is given out or ends, one addition each, so profiles
 * say what was really spent: the processor time of all places of a process is what its container used, but for jobs that
 * are under way at the end of a window.
 *
 * A place is an instruction of the service's programs; variants of the code have instructions of their own, so what a
 * version brought is a place that others do not have. Two places are in no program: the exposition of metrics and the
 * line for a worker.
 *
 * Source: google/pprof, `proto/profile.proto`: values by stack (cpu, wall, contentions/delay), added up over a window.
 */
import type { StateReader, StateWriter } from "../base/state-stream.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { Model } from "../topology/model-types.js";
import { INSTRUCTION_SHIFT } from "../topology/program.js";
import type { Agent } from "./agent.js";
import { IngestionLimit } from "./observability/ingestion-limit.js";
import { ProfileTable } from "./profile-table.js";

export const PROFILE_WINDOW_US = 10 * MICROS_PER_SECOND;

/** Places that are in no program. */
export const PLACE_EXPOSITION = 0;
export const PLACE_WORKER_LINE = 1;
export const PLACES_BESIDE = 2;

const FIELDS = 4;
const CPU = 0;
const WALL = 1;
const LOCK = 2;
const TIMES = 3;

/** Where each service's instructions are numbered. */
export class ProfilePlaces {
  /** By instruction: its place in its service. */
  readonly placeOf: Int32Array;
  /** By service: the instruction of each place; −1 for those in no program. */
  readonly instructions: readonly (readonly number[])[];
  /** By instruction: the operation whose code it is. */
  readonly operationOf: Int32Array;

  constructor(readonly model: Model) {
    const { program, operations, services } = model;
    const count = program.code.length >> INSTRUCTION_SHIFT;
    this.operationOf = new Int32Array(count).fill(-1);
    this.placeOf = new Int32Array(count);
    // The code of an operation goes from its entry to the next; variants that share code share their entry.
    let until = count;
    for (const [index, from] of [...program.entries.entries()].sort(([, a], [, b]) => b - a)) {
      this.operationOf.fill(index % operations.length, from, until);
      until = from;
    }
    const instructions = services.map((): number[] => Array.from({ length: PLACES_BESIDE }, () => -1));
    for (let instruction = 0; instruction < count; instruction++) {
      const list = instructions[operations[this.operationOf[instruction]].service];
      this.placeOf[instruction] = list.push(instruction) - 1;
    }
    this.instructions = instructions;
  }
}

/** Columns of the windows that have ended: how many profiles came, one a process, and how many the store refused. */
export interface ProfileAccounts {
  readonly untilUs: number[];
  readonly made: number[];
  readonly discarded: number[];
}

export class Profiler implements Agent {
  nextUs = Infinity;
  readonly accounts: ProfileAccounts = { untilUs: [], made: [], discarded: [] };
  /** Profiles that the store has refused. */
  discarded = 0;
  readonly #limit: IngestionLimit | undefined;
  table = new ProfileTable();
  readonly places: ProfilePlaces;
  /** By process: where its places begin in `#spent`. */
  readonly #from: Int32Array;
  readonly #count: Int32Array;
  readonly #spent: Float64Array;
  readonly #placeOf: Int32Array;
  #rowsBefore = 0;

  constructor(readonly model: Model) {
    this.places = new ProfilePlaces(model);
    this.#placeOf = this.places.placeOf;
    this.#count = Int32Array.from(model.instances, ({ service }) => this.places.instructions[service].length);
    this.#from = new Int32Array(model.instances.length);
    let total = 0;
    for (let instance = 0; instance < this.#from.length; instance++) {
      this.#from[instance] = total;
      total += this.#count[instance];
    }
    this.#spent = new Float64Array(total * FIELDS);
    const { profileStore } = model.topology.plant;
    if (profileStore !== undefined) this.#limit = new IngestionLimit(profileStore);
  }

  /** The first window ends after this instant. */
  begin(startUs: number): void {
    this.nextUs = (Math.floor(startUs / PROFILE_WINDOW_US) + 1) * PROFILE_WINDOW_US;
  }

  /** The process computes for `workUs` at an instruction. */
  computes(instance: number, instruction: number, workUs: number): void {
    const at = (this.#from[instance] + this.#placeOf[instruction]) * FIELDS;
    this.#spent[at + CPU] += workUs;
    this.#spent[at + TIMES]++;
  }

  /** A computation or a try of a step has ended, `wallUs` after it began. */
  took(instance: number, instruction: number, wallUs: number): void {
    this.#spent[(this.#from[instance] + this.#placeOf[instruction]) * FIELDS + WALL] += wallUs;
  }

  /** A step has got what it waited for. */
  waited(instance: number, instruction: number, waitUs: number): void {
    const at = (this.#from[instance] + this.#placeOf[instruction]) * FIELDS;
    this.#spent[at + LOCK] += waitUs;
    this.#spent[at + TIMES]++;
  }

  /** Something that is in no program: PLACE_EXPOSITION or PLACE_WORKER_LINE. */
  beside(instance: number, place: number, cpuUs: number, lockUs: number): void {
    const at = (this.#from[instance] + place) * FIELDS;
    this.#spent[at + CPU] += cpuUs;
    this.#spent[at + LOCK] += lockUs;
    this.#spent[at + TIMES]++;
  }

  /** The window ends: each process that has spent anything sends a profile of it. */
  step(): void {
    const before = this.discarded;
    let made = 0;
    for (let instance = 0; instance < this.#from.length; instance++) {
      const places = this.#placesOf(instance);
      if (places.length === 0) continue;
      made++;
      if (this.#limit?.admits(1, this.nextUs) === false) this.discarded++;
      else for (const place of places) this.#append(instance, place);
    }
    this.accounts.untilUs.push(this.nextUs);
    this.accounts.made.push(made);
    this.accounts.discarded.push(this.discarded - before);
    this.#spent.fill(0);
    this.nextUs += PROFILE_WINDOW_US;
  }

  /** Places in which the process has spent something. */
  #placesOf(instance: number): readonly number[] {
    const spent = this.#spent;
    const places: number[] = [];
    for (let place = 0; place < this.#count[instance]; place++) {
      const at = (this.#from[instance] + place) * FIELDS;
      if (spent[at + TIMES] !== 0 || spent[at + WALL] !== 0) places.push(place);
    }
    return places;
  }

  #append(instance: number, place: number): void {
    const spent = this.#spent;
    const at = (this.#from[instance] + place) * FIELDS;
    this.table.append(this.nextUs, instance, place, {
      cpuUs: spent[at + CPU],
      wallUs: spent[at + WALL],
      lockUs: spent[at + LOCK],
      times: spent[at + TIMES],
    });
  }

  /** Goes on in the profiles of the world of which a checkpoint was restored. */
  adopt(table: ProfileTable): void {
    this.table = table.fork(this.#rowsBefore);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.double(this.nextUs);
    writer.int(this.table.rows);
    writer.array(this.#count);
    writer.array(this.#spent);
    const { tokens = 0, lastUs = 0 } = this.#limit ?? {};
    writer.json([this.accounts, this.discarded, tokens, lastUs]);
  }

  /** The model may have more variants of the code than the one that was saved: places are copied by process. */
  restore(reader: StateReader): void {
    reader.section();
    this.nextUs = reader.double();
    this.#rowsBefore = reader.int();
    const counts = reader.ints();
    const spent = reader.doubles();
    let from = 0;
    counts.forEach((count, instance) => {
      const common = Math.min(count, this.#count[instance]) * FIELDS;
      this.#spent.set(spent.subarray(from, from + common), this.#from[instance] * FIELDS);
      from += count * FIELDS;
    });
    const [accounts, discarded, tokens, lastUs] = reader.json() as [ProfileAccounts, number, number, number];
    for (const name of ["untilUs", "made", "discarded"] as const)
      this.accounts[name].splice(0, Infinity, ...accounts[name]);
    this.discarded = discarded;
    if (this.#limit !== undefined) Object.assign(this.#limit, { tokens, lastUs });
  }
}
