/**
 * Writes down what happens: span rows, log rows and counts, all from the same calls, so that they cannot disagree.
 * Requests that arrived before the world is recorded leave nothing.
 */
import type { Model } from "../topology/model-types.js";
import { DATABASE_BOUNDS_US, DATABASE_BLOCK, REQUEST_BLOCK, REQUEST_BOUNDS_US } from "../topology/series-layout.js";
import {
  DATABASE_STATUSES,
  HTTP_CLIENT_STATUSES,
  PRODUCER_STATUSES,
  SERVER_STATUSES,
  slotsOf,
} from "../topology/status-slots.js";
import { LOG_LEVELS } from "../topology/log-levels.js";
import { OP_CACHE_GET, OP_CACHE_SET, OP_PUBLISH, OP_QUERY } from "../topology/program.js";
import type { LogTable } from "./log-table.js";
import type { MetricCounts } from "./metric-counts.js";
import type { RequestDraws } from "./request-draws.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, type SpanTable } from "./span-table.js";
import type { WorldState } from "./world-state.js";

const LEVEL_DEBUG = 0;
const LEVEL_INFO = 1;
const LEVEL_WARN = 2;
const LEVEL_ERROR = 3;
/** Longest duration that a row can hold. */
const DURATION_MAX = SPAN_OPEN - 1;

const SERVER_SLOTS = slotsOf(SERVER_STATUSES);
const HTTP_SLOTS = slotsOf(HTTP_CLIENT_STATUSES);
const DATABASE_SLOTS = slotsOf(DATABASE_STATUSES);
const PRODUCER_SLOTS = slotsOf(PRODUCER_STATUSES);

export class Facts {
  /** By process: levels below this one are not written. */
  readonly levelMin: Uint8Array;
  readonly #debugLines: number;
  readonly #valuesFrom: Int32Array;
  readonly #logLines: Int32Array;
  // Of operations, flat: place among those of the service, first block of the server's histograms, access lines.
  readonly #local: Int32Array;
  readonly #serverBlocks: Int32Array;
  readonly #accessOk: Int32Array;
  readonly #accessFailed: Int32Array;
  /** Whether the operation writes lines of its own. */
  readonly #hasLogs: Uint8Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly draws: RequestDraws,
    readonly counts: MetricCounts,
    readonly spans: SpanTable,
    readonly logs: LogTable,
  ) {
    const levelMin = LOG_LEVELS.indexOf(model.topology.plant.logLevel);
    this.#debugLines = model.topology.plant.logShipper?.debugLines ?? 0;
    this.levelMin = new Uint8Array(model.instances.length).fill(levelMin);
    this.#valuesFrom = Int32Array.from(model.instances, (instance) => model.targets[instance.target].valuesFrom);
    this.#logLines = Int32Array.from(
      model.instances,
      (instance) => model.services[instance.service].metrics.logLines[0],
    );
    const { operations, services } = model;
    const local = Int32Array.from(operations, ({ index, service }) => index - services[service].operationsFrom);
    this.#local = local;
    this.#serverBlocks = Int32Array.from(
      operations,
      ({ index, service }) => services[service].metrics.server[local[index]],
    );
    this.#accessOk = Int32Array.from(operations, ({ accessTemplates }) => accessTemplates.ok);
    this.#accessFailed = Int32Array.from(operations, ({ accessTemplates }) => accessTemplates.failed);
    this.#hasLogs = Uint8Array.from(operations, ({ logs }) => (logs.length > 0 ? 1 : 0));
  }

  /** Opens a row and returns its number. */
  open(
    site: number,
    instance: number,
    parent: number,
    request: number,
    ordinal: number,
    attempt: number,
    nowUs: number,
  ): number {
    const row = this.spans.reserve();
    const chunk = this.spans.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    chunk.startUs[at] = nowUs;
    chunk.durationUs[at] = SPAN_OPEN;
    chunk.parent[at] = parent;
    chunk.request[at] = request;
    chunk.site[at] = site;
    chunk.instance[at] = instance;
    chunk.ordinal[at] = ordinal;
    chunk.attempt[at] = attempt;
    return row;
  }

  waited(row: number, waitUs: number): void {
    this.spans.chunks[row >>> SPAN_CHUNK_SHIFT].waitUs[row & SPAN_CHUNK_MASK] = Math.min(waitUs, DURATION_MAX);
  }

  close(row: number, durationUs: number, status: number): void {
    const chunk = this.spans.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    chunk.durationUs[at] = durationUs < DURATION_MAX ? durationUs : DURATION_MAX;
    chunk.status[at] = status;
  }

  /** A server has answered, or a consumer has processed its message. */
  handled(
    row: number,
    instance: number,
    operation: number,
    request: number,
    durationUs: number,
    status: number,
    nowUs: number,
  ): void {
    this.close(row, durationUs, status);
    const slot = SERVER_SLOTS[status];
    if (slot >= 0) {
      const block = this.#valuesFrom[instance] + this.#serverBlocks[operation] + slot * REQUEST_BLOCK;
      this.counts.observe(block, REQUEST_BOUNDS_US, durationUs, row);
      this.state.userLabels[instance]?.observe(this.draws.userOf(request), this.#local[operation], slot, durationUs);
    }
    if (this.#debugLines > 0 && this.levelMin[instance] === 0) {
      const template = this.model.plant.debugTemplates[operation];
      for (let line = 0; line < this.#debugLines; line++) this.log(instance, LEVEL_DEBUG, row, template, nowUs);
    }
    if (this.#hasLogs[operation] === 1) this.#ownLogs(row, instance, operation, durationUs, status, nowUs);
    // The line of the access is written when all is done.
    if (status === 0) this.log(instance, LEVEL_INFO, row, this.#accessOk[operation], nowUs);
    else this.log(instance, LEVEL_ERROR, row, this.#accessFailed[operation], nowUs);
  }

  #ownLogs(row: number, instance: number, operation: number, durationUs: number, status: number, nowUs: number): void {
    for (const line of this.model.operations[operation].logs) {
      const applies =
        line.when === "ok" ? status === 0 : line.when === "error" ? status !== 0 : durationUs >= line.slowerThanUs;
      if (applies) this.log(instance, line.level, row, line.template, nowUs);
    }
  }

  /** An attempt to talk to another component has ended. `metric` is the step's first block in the target's values. */
  called(row: number, instance: number, op: number, metric: number, durationUs: number, status: number): void {
    this.close(row, durationUs, status);
    const from = this.#valuesFrom[instance] + metric;
    if (op === OP_PUBLISH) {
      const slot = PRODUCER_SLOTS[status];
      if (slot >= 0) this.counts.raw[from + slot]++;
    } else if (op === OP_QUERY || op === OP_CACHE_GET || op === OP_CACHE_SET) {
      const slot = DATABASE_SLOTS[status];
      if (slot >= 0) this.counts.observe(from + slot * DATABASE_BLOCK, DATABASE_BOUNDS_US, durationUs, row);
    } else {
      const slot = HTTP_SLOTS[status];
      if (slot >= 0) this.counts.observe(from + slot * REQUEST_BLOCK, REQUEST_BOUNDS_US, durationUs, row);
    }
  }

  /** The caller writes down that an attempt failed. */
  attemptFailed(row: number, instance: number, again: boolean, nowUs: number): void {
    const service = this.model.services[this.model.instances[instance].service];
    this.log(instance, LEVEL_WARN, row, again ? service.retryTemplate : service.callFailedTemplate, nowUs);
  }

  log(instance: number, level: number, subject: number, template: number, nowUs: number): void {
    if (level < this.levelMin[instance]) return;
    this.logs.append(nowUs, subject, template);
    this.counts.raw[this.#valuesFrom[instance] + this.#logLines[instance] + level]++;
  }

  /** Adds to a counter or gauge of an instance by its offset in the layout. */
  add(instance: number, offset: number, by: number): void {
    this.counts.raw[this.#valuesFrom[instance] + offset] += by;
  }
}
