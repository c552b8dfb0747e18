/** Queries at a store: a wait for storage, then the store's processor, then the answer. */
import { combine } from "../base/draw.js";
import type { EventHeap } from "../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model, QueryModel } from "../topology/model-types.js";
import { EVENT_SHIFT, EVENT_STORE } from "./events.js";
import type { Facts } from "./facts.js";
import {
  FRAME_KEY,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_SUBJECT,
  QUERY_STAGE,
  STATE_CPU,
} from "./frames.js";
import { type Network, NOT_SENT } from "./network.js";
import type { RequestDraws } from "./request-draws.js";
import type { Sampler } from "./sampler.js";
import { STAGE_ANSWERED, STAGE_PLAIN, Statements } from "./stores/statements.js";
import type { StoreLog } from "./stores/store-log.js";
import type { WorldState } from "./world-state.js";

const FOR_STORE_CPU = 17;
const FOR_STORE_IO = 18;

export class Databases implements Checkpointed {
  /** What is told of statements in more detail, while their store needs it. */
  readonly statements: Statements;
  readonly #storeOf: Int32Array;

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly state: WorldState,
    readonly facts: Facts,
    readonly draws: RequestDraws,
    readonly sampler: Sampler,
    readonly network: Network,
    log: StoreLog,
    startUs: number,
  ) {
    this.statements = new Statements({ model, heap, state, facts, draws, sampler, network, log }, startUs);
    this.statements.work = (remote, query) => this.#work(remote, query);
    this.#storeOf = Int32Array.from(model.queries, ({ store }) => store);
  }

  /** The query leaves its caller. */
  query(remote: number, query: number, nowUs: number): void {
    if (this.statements.detailed[this.#storeOf[query]] === 1) {
      this.statements.depart(remote, nowUs);
      return;
    }
    const { data } = this.state.frames;
    const key = data[(remote << FRAME_SHIFT) + FRAME_KEY];
    data[(remote << FRAME_SHIFT) + QUERY_STAGE] = STAGE_PLAIN;
    const { store, ioDuration } = this.model.queries[query];
    const thereUs = this.network.thereUs(remote, -1, nowUs);
    if (thereUs === NOT_SENT) return;
    this.state.storeActive[store]++;
    const io = Math.round(this.sampler.sample(ioDuration, combine(key, FOR_STORE_IO)));
    this.heap.push(nowUs + thereUs + io, (remote << EVENT_SHIFT) | EVENT_STORE);
  }

  /** It has had its wait for storage. */
  ready(remote: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    if (data[base + QUERY_STAGE] !== STAGE_PLAIN) {
      this.statements.step(remote, nowUs);
      return;
    }
    const query = this.model.queries[data[base + FRAME_SUBJECT]];
    const work = this.#work(remote, query);
    data[base + FRAME_STATE] = STATE_CPU;
    if (work > 0) this.state.processors.add(this.state.storeCpu(query.store), remote, work, nowUs);
    else this.done(remote, nowUs);
  }

  /** Processor time that it needs; counts it. */
  #work(remote: number, query: QueryModel): number {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const rows = query.rows < 0 ? this.draws.basketOf(data[base + FRAME_REQUEST]) : query.rows;
    const drawn = this.sampler.sample(query.cpuDuration, combine(data[base + FRAME_KEY], FOR_STORE_CPU));
    const { scanUs, scanRows } = this.statements;
    if (data[base + FRAME_RECORDED] === 1) {
      const counters = this.model.targets[this.model.stores[query.store].target].valuesFrom + query.counters;
      this.facts.counts.raw[counters]++;
      this.facts.counts.raw[counters + 1] += rows + scanRows[query.index];
    }
    const { volumes } = this.state.compute;
    const volume = volumes.ofStore(query.store);
    if (volumes.bytesPerWrite[volume] > 0 && this.statements.layout.writes[query.index] === 1) volumes.wrote(volume);
    return drawn + rows * query.spec.cpuPerRow + scanUs[query.index];
  }

  /** The store has worked on it. */
  done(remote: number, nowUs: number): void {
    if (this.state.frames.data[(remote << FRAME_SHIFT) + QUERY_STAGE] !== STAGE_PLAIN) {
      this.statements.finish(remote, nowUs);
      return;
    }
    const query = this.model.queries[this.state.frames.data[(remote << FRAME_SHIFT) + FRAME_SUBJECT]];
    this.state.storeActive[query.store]--;
    this.state.frames.data[(remote << FRAME_SHIFT) + QUERY_STAGE] = STAGE_ANSWERED;
    this.network.answer(remote, nowUs);
  }

  save(writer: StateWriter): void {
    this.statements.save(writer);
  }

  restore(reader: StateReader): void {
    this.statements.restore(reader);
  }
}
