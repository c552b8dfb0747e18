/** Exports of runs that a server was told to make: begun, looked at and stopped by order, within limits. */
import { randomBytes } from "node:crypto";
import type { ApiRequest } from "../apis/api.js";
import { formatNamed, FORMATS } from "../apis/export/formats.js";
import { LimitError } from "../base/limit-error.js";
import { Refusal } from "../sessions/refusal.js";
import type { RunService } from "../sessions/run-service.js";
import type { ExportOrder, ExportStatus } from "../wire/export.js";
import type { AllowList } from "./allow-list.js";
import {
  type BatchParameters,
  type BatchSource,
  pulledBatch,
  type PulledBatch,
  pulledMark,
  type SourceAnswer,
  sourceAnswer,
} from "./batch-source.js";
import { Exporter } from "./exporter.js";
import { PushTarget } from "./push-target.js";
import type { RetryPolicy } from "./retry.js";

/** Exports that are under way in one server, and those of a run that are remembered. */
const RUNNING_MAX = 8;
const REMEMBERED_MAX = 50;

interface ExportServiceOptions {
  readonly runs: RunService;
  readonly allowed: AllowList;
  readonly nowMs: () => number;
  readonly retry?: RetryPolicy;
  readonly pollMs?: number;
}

export class ExportService {
  readonly #held: { readonly runId: string; readonly exporter: Exporter }[] = [];

  constructor(readonly options: ExportServiceOptions) {}

  /** Throws Refusal for an order that can not be carried out, LimitError for one too many. */
  async start(runId: string, order: ExportOrder): Promise<ExportStatus> {
    await this.options.runs.find(runId);
    this.#check(order);
    const running = this.#held.filter(({ exporter }) => exporter.status.state === "running").length;
    if (running >= RUNNING_MAX)
      throw new LimitError("exports at a time", RUNNING_MAX, running + 1, "Wait for one to end, or stop one.");
    const { retry, pollMs } = this.options;
    const { to, format, headers = {} } = order;
    const exporter = new Exporter({
      id: `export-${randomBytes(6).toString("hex")}`,
      order,
      source: new RunSource(this.options, runId, order.wall === true),
      target: new PushTarget({ address: to, format, headers, ...(retry === undefined ? {} : { retry }) }),
      ...(pollMs === undefined ? {} : { pollMs }),
    });
    this.#held.push({ runId, exporter });
    this.#forgetOldest();
    return exporter.status;
  }

  list(runId: string): readonly ExportStatus[] {
    return this.#held.filter((one) => one.runId === runId).map(({ exporter }) => exporter.status);
  }

  /** Stops one of them, or all for the id `all`; answers with those as they stand then. */
  async stop(runId: string, id: string): Promise<readonly ExportStatus[]> {
    const found = this.#held.filter((one) => one.runId === runId && (id === "all" || one.exporter.options.id === id));
    if (found.length === 0 && id !== "all")
      throw new Refusal("not-found", "This run has no such export.", "See the list of exports.");
    return Promise.all(found.map(({ exporter }) => exporter.stop()));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#held.map(({ exporter }) => exporter.stop()));
  }

  #check({ to, format, signals, live }: ExportOrder): void {
    const known = formatNamed(format);
    if (known === undefined) {
      const names = FORMATS.map(({ name }) => name).join(", ");
      throw new Refusal("bad-request", `There is no format ${JSON.stringify(format)}.`, `Formats are ${names}.`);
    }
    if (signals?.some((signal) => !known.signals.includes(signal)) === true)
      throw new Refusal("bad-request", `${format} has ${known.signals.join(", ")} only.`, "Leave the others out.");
    if (live === true && !known.byTime)
      throw new Refusal("bad-request", `${format} can not be live.`, "Choose another format.");
    if (this.options.allowed.allows(to)) return;
    throw new Refusal(
      "forbidden",
      "This server sends runs only to addresses that whoever runs it has named.",
      "Set FIREDRILL_EXPORT_TARGETS to the beginning of the address, or export from the command line.",
    );
  }

  #forgetOldest(): void {
    const ended = this.#held.findIndex(({ exporter }) => exporter.status.state !== "running");
    if (this.#held.length > REMEMBERED_MAX && ended >= 0) this.#held.splice(ended, 1);
  }
}

const ENDED: ReadonlySet<string> = new Set(["submitted", "debriefed", "abandoned"]);

/** A run of this server. */
class RunSource implements BatchSource {
  constructor(
    readonly options: ExportServiceOptions,
    readonly runId: string,
    readonly wall: boolean,
  ) {}

  async next(parameters: BatchParameters, mark: Uint8Array = new Uint8Array()): Promise<PulledBatch> {
    return pulledBatch(await this.#ask("next", parameters, mark));
  }

  async mark(parameters: BatchParameters): Promise<Uint8Array> {
    return pulledMark(await this.#ask("mark", parameters, new Uint8Array()));
  }

  async #ask(path: string, parameters: BatchParameters, body: Uint8Array): Promise<SourceAnswer> {
    const { runs, nowMs } = this.options;
    const request: Omit<ApiRequest, "clockAheadMs"> = {
      method: body.length === 0 ? "GET" : "POST",
      path,
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
      body,
      contentType: "",
      accept: "",
    };
    const wallMs = this.wall ? nowMs() : undefined;
    const answer = await runs.ask(this.runId, "mine", (queries) => queries.api("export", request, wallMs));
    if (answer === undefined || "order" in answer) throw new Error("the world has no exports");
    return sourceAnswer(answer);
  }

  async isOver(): Promise<boolean> {
    const { record } = await this.options.runs.find(this.runId);
    return ENDED.has(record.state);
  }
}
