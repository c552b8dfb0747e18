/** The limits of the log store for what agents bring, and what it refused by them, by the reasons of its own metric. */
import { LOG_LEVELS, levelPlaces } from "../../topology/log-levels.js";
import type { Model } from "../../topology/model-types.js";
import type { LogStoreLimitsSpec } from "../../topology/observability-spec.js";
import { LINE_OVER_STREAMS, LINE_RATE_LIMITED, LINE_SHIPPED, LINE_TOO_LONG, LINE_TOO_OLD } from "./fates.js";
import { IngestionLimit } from "./ingestion-limit.js";
import { lineBytesByTemplate } from "./stored-bytes.js";

/** A line that has come to the store. */
interface ArrivingLine {
  readonly template: number;
  readonly agent: number;
  readonly delayUs: number;
}

interface LimitState {
  readonly tokens: number;
  readonly lastUs: number;
  readonly streams: readonly string[];
  readonly lines: readonly number[];
  readonly bytes: readonly number[];
}

/** Codes of fates are small numbers. */
const FATES_MAX = 16;

export class LogStoreLimits {
  /** By fate: lines that were refused and their bytes, since the beginning. */
  readonly lines = new Float64Array(FATES_MAX);
  readonly bytes = new Float64Array(FATES_MAX);
  readonly #rate: IngestionLimit;
  readonly #streams = new Set<string>();
  readonly #bytesOf: Int32Array;
  readonly #levelOf: Uint8Array;
  /** By agent and level: 1 for a stream that is known, so that a line costs no text. */
  readonly #isKnown: Uint8Array;

  constructor(
    readonly spec: LogStoreLimitsSpec,
    readonly model: Model,
  ) {
    this.#rate = new IngestionLimit({ perSecond: spec.bytesPerSecond, burst: spec.burstBytes });
    this.#bytesOf = lineBytesByTemplate(model);
    this.#levelOf = levelPlaces(model.logTemplates);
    this.#isKnown = new Uint8Array((model.instances.length + 1) * LOG_LEVELS.length);
  }

  /** The fate of the line. */
  judge(line: ArrivingLine, nowUs: number): number {
    const fate = this.#fateOf(line, nowUs);
    if (fate !== LINE_SHIPPED) {
      this.lines[fate]++;
      this.bytes[fate] += this.#bytesOf[line.template];
    }
    return fate;
  }

  #fateOf({ template, agent, delayUs }: ArrivingLine, nowUs: number): number {
    const { lineBytesMax, maxAge, streamsMax } = this.spec;
    const bytes = this.#bytesOf[template];
    if (bytes > lineBytesMax) return LINE_TOO_LONG;
    if (delayUs > maxAge) return LINE_TOO_OLD;
    if (!this.#hasStream(template, agent, streamsMax)) return LINE_OVER_STREAMS;
    return this.#rate.admits(bytes, nowUs) ? LINE_SHIPPED : LINE_RATE_LIMITED;
  }

  /** Streams are told apart by process and level. Simplification: one that has gone quiet is not forgotten. */
  #hasStream(template: number, agent: number, streamsMax: number): boolean {
    const place = agent * LOG_LEVELS.length + this.#levelOf[template];
    if (this.#isKnown[place] === 1) return true;
    if (this.#streams.size >= streamsMax) return false;
    this.#isKnown[place] = 1;
    this.#streams.add(`${String(agent)} ${this.model.logTemplates[template].level}`);
    return true;
  }

  get streams(): number {
    return this.#streams.size;
  }

  state(): LimitState {
    const { tokens, lastUs } = this.#rate;
    return { tokens, lastUs, streams: [...this.#streams], lines: [...this.lines], bytes: [...this.bytes] };
  }

  goOnFrom(saved: unknown): void {
    const { tokens, lastUs, streams, lines, bytes } = saved as LimitState;
    Object.assign(this.#rate, { tokens, lastUs });
    this.#streams.clear();
    this.#isKnown.fill(0);
    for (const stream of streams) {
      this.#streams.add(stream);
      const [agent, level] = stream.split(" ");
      this.#isKnown[Number(agent) * LOG_LEVELS.length + LOG_LEVELS.findIndex((name) => name === level)] = 1;
    }
    this.lines.set(lines);
    this.bytes.set(bytes);
  }
}
