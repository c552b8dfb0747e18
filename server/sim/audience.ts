/**
 * Everybody outside who sends requests for reasons of their own, and what they make of the answers: users who wait,
 * probes, browsers. Open arrivals (arrivals.ts) need nobody who remembers them.
 */
import type { EventHeap } from "../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { Model } from "../topology/model-types.js";
import { EVENT_PATIENCE, EVENT_USER } from "./events.js";
import type { MetricCounts } from "./metric-counts.js";
import type { PageViewTable } from "./page-view-table.js";
import { PageViews } from "./page-views.js";
import { Probes } from "./probes.js";
import type { RequestDraws } from "./request-draws.js";
import { UserDistances } from "./user-distances.js";
import { type SendRequest, WaitingUsers } from "./waiting-users.js";

export class Audience implements Checkpointed {
  readonly users: WaitingUsers;
  readonly probes: Probes;
  readonly pages: PageViews;

  constructor(
    model: Model,
    heap: EventHeap,
    readonly draws: RequestDraws,
    counts: MetricCounts,
    pageViews: PageViewTable,
    send: SendRequest,
    times: { readonly startUs: number; readonly stopUs: number },
  ) {
    const distances = new UserDistances((model.topology.load.regions ?? []).map(({ latency }) => latency));
    this.users = new WaitingUsers(model, heap, draws, distances, send, times);
    this.probes = new Probes(model, heap, draws, send, times);
    this.pages = new PageViews(model, draws, distances, counts, pageViews);
  }

  /** Handles the events from EVENT_USER on. */
  handle(kind: number, subject: number, nowUs: number): void {
    if (kind === EVENT_USER) this.users.awake(subject, nowUs);
    else if (kind === EVENT_PATIENCE) this.users.impatient(subject, nowUs);
    else this.probes.handle(subject, nowUs);
  }

  /** A second of the world begins. */
  second(second: number, nowUs: number): void {
    if (this.draws.numbers.special) this.users.second(Math.max(nowUs, second * MICROS_PER_SECOND));
  }

  /** The edge has answered; `row` is the span, −1 when the request is not recorded. */
  answered(request: number, operation: number, status: number, durationUs: number, row: number, nowUs: number): void {
    if (this.draws.numbers.special) {
      this.users.answered(request, status, nowUs);
      this.probes.answered(request, status, nowUs);
    }
    if (row >= 0 && this.pages.present) this.pages.answered(request, operation, status, durationUs, row, nowUs);
  }

  save(writer: StateWriter): void {
    this.users.save(writer);
    this.probes.save(writer);
  }

  restore(reader: StateReader): void {
    this.users.restore(reader);
    this.probes.restore(reader);
  }
}
