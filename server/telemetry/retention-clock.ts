/**
 * What of the facts is past its retention at simulated now. Retention goes on in steps, as a compactor drops whole
 * blocks, so that what a search has found stays true within one.
 */
import { isSpanKeptBy, SPAN_FATES } from "../sim/observability/fates.js";
import type { LogTable } from "../sim/log-table.js";
import { LOG_LEVELS } from "../topology/log-levels.js";
import { levelRetentionUs, policyOf, policyRetentionUs } from "../topology/retention.js";
import type { PlantSpec } from "../topology/types.js";
import { keptFromUs, LEDGER_STEP_US } from "./fate-tally.js";
import type { LineShipping } from "./sources.js";

/** A run lasts for hours: what is kept for longer than this is not looked at for its age. */
const NEVER_US = 2 * 86_400_000_000;

export class RetentionClock {
  /** By level, and by fate of a span. */
  readonly #lineAges: readonly number[];
  readonly #spanAges: readonly number[];

  constructor(
    plant: PlantSpec,
    readonly nowUs: () => number,
  ) {
    this.#lineAges = LOG_LEVELS.map((level) => levelRetentionUs(plant, level));
    this.#spanAges = SPAN_FATES.map(({ reason }) => policyRetentionUs(plant, policyOf(reason)));
  }

  /** Changes whenever something has gone. */
  get edition(): number {
    return Math.floor(this.nowUs() / LEDGER_STEP_US);
  }

  get forgetsLines(): boolean {
    return this.#lineAges.some((age) => age < NEVER_US);
  }

  get forgetsSpans(): boolean {
    return this.#spanAges.some((age) => age < NEVER_US);
  }

  hasLine(timeUs: number, level: number): boolean {
    return timeUs >= keptFromUs(this.nowUs(), this.#lineAges[level]);
  }

  hasSpan(startUs: number, fate: number): boolean {
    return isSpanKeptBy(fate) && startUs >= keptFromUs(this.nowUs(), this.#spanAges[fate]);
  }
}

/** The lines of a stretch that are not past their retention, whatever brought them. */
export class RetainedLines implements LineShipping {
  constructor(
    private readonly table: LogTable,
    private readonly levelByTemplate: Uint8Array,
    private readonly clock: RetentionClock,
    private readonly inner: LineShipping | undefined,
  ) {}

  get edition(): number {
    return this.clock.edition;
  }

  get settled(): number {
    return this.inner?.settled ?? this.table.rows;
  }

  get accounts(): NonNullable<LineShipping["accounts"]> | undefined {
    return this.inner?.accounts;
  }

  isShipped(row: number): boolean {
    const { timeUs, template } = this.table;
    return this.inner?.isShipped(row) !== false && this.clock.hasLine(timeUs[row], this.levelByTemplate[template[row]]);
  }

  fateOf(row: number): ReturnType<LineShipping["fateOf"]> {
    return this.inner?.fateOf(row) ?? "shipped";
  }
}
