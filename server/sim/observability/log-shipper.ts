/**
 * The agents that carry log lines from processes to the log store: one for each process, with a bounded buffer and a
 * limited rate. A line can be found when it has been shipped and the log store has taken it; until then it is a fact that
 * nobody can see. What became of each line is a byte beside its row (fates.ts), and how long it took another. Counters of
 * the process itself (`log_lines_total`) count what it wrote.
 *
 * Model. Every `flush` an agent takes in what its process has written since, up to what its buffer holds, and sends
 * `linesPerSecond · flush` lines, first in first out. A flood of r lines a second against a rate of μ fills a buffer of b
 * after b / (r − μ) seconds; from then on the delay is b / μ and the share μ / r arrives. The store refuses lines that are too
 * long or too old, those of streams over their limit, and what comes faster than its rate, in that order.
 *
 * Source: Fluent Bit, 'Buffering and storage' and 'Backpressure' (drop when the buffer of an output is full);
 * Loki, `pkg/distributor/validator.go` and `pkg/validation/validate.go` (reasons of discarded samples).
 */
import { combine, uniform } from "../../base/draw.js";
import type { StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import type { LogShipperSpec } from "../../topology/observability-spec.js";
import type { Agent } from "../agent.js";
import type { LifecycleRecord, LogTable } from "../log-table.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, type SpanTable } from "../span-table.js";
import { delayCode, LINE_BUFFER_FULL, LINE_FATES, LINE_ON_ITS_WAY, LINE_SAMPLED_OUT, LINE_SHIPPED } from "./fates.js";
import { LogStoreLimits } from "./log-store-limits.js";

/** What became of a line, as a search tells it. */
export type LineFate = "on-its-way" | "shipped" | "lost" | "sampled-out";
const FATES: readonly LineFate[] = LINE_FATES.map(({ kind }) => (kind === "kept" ? "shipped" : kind));
const isFinal = (fate: number): boolean => fate !== LINE_ON_ITS_WAY;

const FOR_SAMPLING = 0x10c5;
const LINES_AT_FIRST = 65_536;

/** The tables that lines and their processes are in. */
export interface ShippedTables {
  readonly logs: LogTable;
  readonly spans: SpanTable;
  readonly lifecycle: readonly LifecycleRecord[];
}

export class LogShipper implements Agent {
  nextUs: number;
  #fates = new Uint8Array(LINES_AT_FIRST);
  #delays = new Uint8Array(LINES_AT_FIRST);
  /** The line behind each in the buffer of its agent. */
  #behind = new Int32Array(LINES_AT_FIRST);
  readonly #head: Int32Array;
  readonly #tail: Int32Array;
  /** By process, and last whoever is no process of a service; since the beginning: lines in the buffer, shipped, lost for lack of room, and left out by sampling. */
  readonly buffered: Int32Array;
  readonly shipped: Float64Array;
  readonly lost: Float64Array;
  readonly sampledOut: Float64Array;
  /** What the log store has refused. */
  readonly refused: Float64Array;
  readonly limits: LogStoreLimits | undefined;
  /** By process: what is left of the agent's rate; moved by effects. */
  readonly rateFactor: Float64Array;
  readonly #budget: Float64Array;
  #seen = 0;
  /** All lines before this one are shipped or lost. */
  #settled = 0;
  readonly #isDetail: Uint8Array;
  readonly #ofSpan: Uint8Array;

  constructor(
    readonly spec: LogShipperSpec,
    readonly model: Model,
    readonly tables: ShippedTables,
    startUs: number,
  ) {
    // One more for whoever writes and is no instance of a service.
    const agents = model.instances.length + 1;
    this.nextUs = (Math.floor(startUs / spec.flush) + 1) * spec.flush;
    this.#head = new Int32Array(agents).fill(-1);
    this.#tail = new Int32Array(agents).fill(-1);
    this.buffered = new Int32Array(agents);
    this.shipped = new Float64Array(agents);
    this.lost = new Float64Array(agents);
    this.sampledOut = new Float64Array(agents);
    this.refused = new Float64Array(agents);
    if (spec.store !== undefined) this.limits = new LogStoreLimits(spec.store, model);
    this.rateFactor = new Float64Array(agents).fill(1);
    this.#budget = new Float64Array(agents);
    this.#isDetail = Uint8Array.from(model.logTemplates, ({ level }) =>
      level === "info" || level === "debug" ? 1 : 0,
    );
    this.#ofSpan = Uint8Array.from(model.logTemplates, ({ ofSpan }) => (ofSpan ? 1 : 0));
  }

  isShipped(row: number): boolean {
    return row < this.#seen && this.#fates[row] === LINE_SHIPPED;
  }

  fateOf(row: number): LineFate {
    return row < this.#seen ? FATES[this.#fates[row]] : "on-its-way";
  }

  /** Lines before this one will not change any more: what a search has found among them stays true. */
  get settled(): number {
    while (this.#settled < this.#seen && isFinal(this.#fates[this.#settled])) this.#settled++;
    return this.#settled;
  }

  /** Codes of what became of the lines and of how long it took; nothing from `rows` on. */
  get accounts(): { readonly fates: Uint8Array; readonly delays: Uint8Array; readonly rows: number } {
    return { fates: this.#fates, delays: this.#delays, rows: this.#seen };
  }

  step(): void {
    this.#makeRoom();
    for (; this.#seen < this.tables.logs.rows; this.#seen++) this.#takeIn(this.#seen);
    for (let agent = 0; agent < this.buffered.length; agent++) if (this.buffered[agent] > 0) this.#send(agent);
    this.nextUs += this.spec.flush;
  }

  #takeIn(row: number): void {
    const agent = this.#processOf(row);
    const { infoRatio, bufferLines } = this.spec;
    if (infoRatio < 1 && this.#isDetail[this.tables.logs.template[row]] === 1 && !this.#isSampled(row, infoRatio)) {
      this.sampledOut[agent]++;
      this.#fates[row] = LINE_SAMPLED_OUT;
    } else if (this.buffered[agent] >= bufferLines) {
      this.lost[agent]++;
      this.#fates[row] = LINE_BUFFER_FULL;
    } else {
      if (this.buffered[agent]++ === 0) this.#head[agent] = row;
      else this.#behind[this.#tail[agent]] = row;
      this.#tail[agent] = row;
    }
  }

  #send(agent: number): void {
    const { linesPerSecond, flush } = this.spec;
    this.#budget[agent] += (linesPerSecond * this.rateFactor[agent] * flush) / 1e6;
    for (; this.buffered[agent] > 0 && this.#budget[agent] >= 1; this.#budget[agent]--) {
      const row = this.#head[agent];
      this.#arrive(row, agent);
      this.#head[agent] = this.#behind[row];
      this.buffered[agent]--;
    }
    if (this.buffered[agent] === 0) this.#budget[agent] = 0;
  }

  #arrive(row: number, agent: number): void {
    const { timeUs, template } = this.tables.logs;
    const delayUs = this.nextUs - timeUs[row];
    const fate = this.limits?.judge({ template: template[row], agent, delayUs }, this.nextUs) ?? LINE_SHIPPED;
    this.#fates[row] = fate;
    if (fate === LINE_SHIPPED) {
      this.#delays[row] = delayCode(delayUs);
      this.shipped[agent]++;
    } else this.refused[agent]++;
  }

  /** By the line's identity and not by its row, so that other lines do not move the draw. */
  #isSampled(row: number, ratio: number): boolean {
    const { logs, spans } = this.tables;
    const subject = logs.subject[row];
    const template = logs.template[row];
    const identity =
      this.#ofSpan[template] === 1
        ? spans.chunks[subject >>> SPAN_CHUNK_SHIFT].request[subject & SPAN_CHUNK_MASK]
        : subject;
    return uniform(combine(combine(FOR_SAMPLING, identity | 0), template)) < ratio;
  }

  #processOf(row: number): number {
    const { logs, spans, lifecycle } = this.tables;
    const subject = logs.subject[row];
    if (this.#ofSpan[logs.template[row]] === 1)
      return spans.chunks[subject >>> SPAN_CHUNK_SHIFT].instance[subject & SPAN_CHUNK_MASK];
    const { instance } = lifecycle[subject];
    return instance < 0 ? this.model.instances.length : instance;
  }

  #makeRoom(): void {
    const { rows } = this.tables.logs;
    if (this.#fates.length >= rows) return;
    const size = Math.max(rows, this.#fates.length * 2);
    const fates = new Uint8Array(size);
    const delays = new Uint8Array(size);
    const behind = new Int32Array(size);
    fates.set(this.#fates);
    delays.set(this.#delays);
    behind.set(this.#behind);
    this.#fates = fates;
    this.#delays = delays;
    this.#behind = behind;
  }

  /** What a reader elsewhere needs: what became of all lines. */
  export(): LineAccounts {
    return { fates: this.#fates.slice(0, this.#seen), delays: this.#delays.slice(0, this.#seen) };
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.#fates, this.#seen);
    writer.array(this.#delays, this.#seen);
    writer.array(this.#behind, this.#seen);
    for (const column of this.#columns()) writer.array(column);
    writer.double(this.nextUs);
    writer.double(this.#seen);
    writer.json(this.limits?.state() ?? null);
  }

  restore(reader: StateReader): void {
    reader.section();
    const fates = reader.octets();
    const delays = reader.octets();
    const behind = reader.ints();
    const size = Math.max(fates.length, LINES_AT_FIRST);
    this.#delays = new Uint8Array(size);
    this.#delays.set(delays);
    this.#fates = new Uint8Array(size);
    this.#behind = new Int32Array(size);
    this.#fates.set(fates);
    this.#behind.set(behind);
    for (const column of this.#columns()) reader.into(column);
    this.nextUs = reader.double();
    this.#seen = reader.double();
    const limits = reader.json();
    this.limits?.goOnFrom(limits);
    this.#settled = 0;
  }

  #columns(): readonly (Int32Array | Float64Array)[] {
    return [
      this.#head,
      this.#tail,
      this.buffered,
      this.shipped,
      this.lost,
      this.sampledOut,
      this.refused,
      this.rateFactor,
      this.#budget,
    ];
  }
}

/** By row: what became of the lines of a stretch, and the codes of how long it took. */
export interface LineAccounts {
  readonly fates: Uint8Array;
  readonly delays: Uint8Array;
}

/** Lines of a stretch that was handed over: what was on its way at its end is not there. */
export class ShippedLines {
  constructor(readonly lines: LineAccounts) {}

  get settled(): number {
    return this.lines.fates.length;
  }

  get accounts(): { readonly fates: Uint8Array; readonly delays: Uint8Array; readonly rows: number } {
    return { ...this.lines, rows: this.lines.fates.length };
  }

  isShipped(row: number): boolean {
    return row < this.lines.fates.length && this.lines.fates[row] === LINE_SHIPPED;
  }

  fateOf(row: number): LineFate {
    return row < this.lines.fates.length ? FATES[this.lines.fates[row]] : "on-its-way";
  }
}
