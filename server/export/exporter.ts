/**
 * One export: asks its source for a batch, hands it to the target, and asks for the next when that one is settled. The
 * source sends a batch again that was not acknowledged, so nothing is lost between the two.
 */
import { MICROS_PER_SECOND } from "../base/time.js";
import type { ExportOrder, ExportStatus } from "../wire/export.js";
import { type BatchSource, NotYet, type PulledBatch, SessionGone } from "./batch-source.js";
import { pause } from "./retry.js";
import { type Delivery, type Target, TargetFailure } from "./target.js";

/** Between two looks at a run that has nothing new. */
const POLL_MS = 1_000;
/** Batches in a row of which the receiver took nothing before the export is given up. */
const LOST_IN_A_ROW_MAX = 5;
/** Looks at a source that has nothing to give yet: the history of a run takes seconds. */
const LOOKS_MAX = 300;
/** A session of a source that gives no marks begins anew so far back: what was on its way is sent again rather than lost. */
const OVERLAP_US = 60 * MICROS_PER_SECOND;

export interface ExporterOptions {
  readonly id: string;
  readonly order: ExportOrder;
  readonly source: BatchSource;
  readonly target: Target;
  readonly pollMs?: number;
  /** Further parameters of the source: `start`, `end`, `history`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export class Exporter {
  readonly #stop = new AbortController();
  #state: ExportStatus["state"] = "running";
  #error: string | undefined;
  #waitingFor: string | undefined;
  #batches = 0;
  #bytes = 0;
  #retries = 0;
  #lostInARow = 0;
  #sessions = 0;
  /** How far the receiver has acknowledged, as the source says it. */
  #mark: Uint8Array | undefined;
  readonly #sent: Record<string, number> = {};
  readonly #dropped: Record<string, number> = {};
  readonly #untilUs: Record<string, number> = {};
  readonly #run: Promise<void>;

  constructor(readonly options: ExporterOptions) {
    this.#run = this.#export().catch((error: unknown) => {
      this.#state = "failed";
      this.#error = error instanceof Error ? error.message : String(error);
    });
  }

  get status(): ExportStatus {
    const { headers: _secret, ...order } = this.options.order;
    return {
      id: this.options.id,
      order,
      state: this.#state,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      batches: this.#batches,
      bytes: this.#bytes,
      retries: this.#retries,
      sent: { ...this.#sent },
      dropped: { ...this.#dropped },
      untilUs: { ...this.#untilUs },
      ...(this.#waitingFor === undefined ? {} : { waitingFor: this.#waitingFor }),
    };
  }

  /** Resolves when it has come to its end, whatever that was. */
  async finished(): Promise<ExportStatus> {
    await this.#run;
    return this.status;
  }

  /** Ends it after the batch that is under way; does nothing when it has ended. */
  async stop(): Promise<ExportStatus> {
    this.#stop.abort();
    return this.finished();
  }

  async #export(): Promise<void> {
    const { target } = this.options;
    try {
      this.#state = await this.#loop();
    } finally {
      this.#waitingFor = undefined;
      await target.close();
    }
  }

  async #loop(): Promise<"done" | "stopped"> {
    const { source, target, pollMs = POLL_MS } = this.options;
    for (let after = 0; !this.#stop.signal.aborted;) {
      const pulled = await this.#pull(after);
      if (pulled === undefined) {
        after = 0;
        continue;
      }
      const { batch, mark } = pulled;
      if (this.#isAborted()) return "stopped";
      const delivery = await target.deliver(batch, this.#stop.signal, (reason) => (this.#waitingFor = reason));
      this.#count(batch, delivery);
      this.#mark = mark ?? this.#mark;
      after = batch.head.sequence;
      if (batch.head.done) return "done";
      if (batch.head.more) continue;
      if (await source.isOver()) return "done";
      await pause(pollMs, this.#stop.signal);
    }
    return "stopped";
  }

  #isAborted(): boolean {
    return this.#stop.signal.aborted;
  }

  /** The batch after this one, and how far the run is taken out with it; undefined where the session has to begin anew. */
  async #pull(
    after: number,
  ): Promise<{ readonly batch: PulledBatch; readonly mark: Uint8Array | undefined } | undefined> {
    const { id, source, pollMs = POLL_MS } = this.options;
    const session = `${id}-${String(this.#sessions)}`;
    const parameters = { ...this.#parameters(), session, after: String(after) };
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      try {
        const batch = await source.next(parameters, after === 0 ? this.#mark : undefined);
        const mark = await source.mark?.({ session, after: String(batch.head.sequence) });
        return { batch, mark };
      } catch (error) {
        if (error instanceof SessionGone) {
          this.#sessions++;
          return undefined;
        }
        if (!(error instanceof NotYet) || this.#isAborted()) throw error;
        this.#waitingFor = error.message;
        await pause(pollMs, this.#stop.signal);
      }
    }
    throw new Error(`the run had nothing to give: ${this.#waitingFor ?? ""}`);
  }

  #parameters(): Readonly<Record<string, string>> {
    const { order, parameters = {} } = this.options;
    const { format, signals, live = false } = order;
    const untilUs = Object.values(this.#untilUs);
    return {
      ...parameters,
      format,
      ...(signals === undefined ? {} : { signals: signals.join(",") }),
      live: String(live),
      ...(this.#sessions === 0 || untilUs.length === 0 || this.#mark !== undefined
        ? {}
        : { start: String((Math.min(...untilUs) - OVERLAP_US) / MICROS_PER_SECOND) }),
    };
  }

  #count({ head }: PulledBatch, { accepted, dropped, bytes, retries }: Delivery): void {
    const { signal, items, untilUs } = head;
    this.#untilUs[signal] = untilUs;
    this.#retries += retries;
    if (items === 0) return;
    this.#batches++;
    this.#bytes += bytes;
    this.#sent[signal] = (this.#sent[signal] ?? 0) + accepted;
    for (const [reason, lost] of Object.entries(dropped)) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + lost;
    this.#lostInARow = accepted === 0 ? this.#lostInARow + 1 : 0;
    if (accepted > 0) this.#waitingFor = undefined;
    if (this.#lostInARow < LOST_IN_A_ROW_MAX || this.#isAborted()) return;
    const reason = Object.keys(dropped).join("; ");
    throw new TargetFailure(`the receiver took none of ${String(LOST_IN_A_ROW_MAX)} batches in a row: ${reason}`);
  }
}
