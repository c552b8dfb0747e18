/** The account of what became of a world's telemetry, both parts together (see telemetry/ledger.ts). */
import { lineBytesByTemplate } from "../sim/observability/stored-bytes.js";
import { LineTally, SpanTally } from "../telemetry/fact-tallies.js";
import { type FateTally, LEDGER_STEP_US } from "../telemetry/fate-tally.js";
import { accountOf, signalAccounts } from "../telemetry/ledger.js";
import { ledgerQueries } from "../telemetry/ledger-queries.js";
import { ProfileTally, type ProfileStretch } from "../telemetry/profile-tally.js";
import { ScrapeTally } from "../telemetry/scrape-tally.js";
import type { LogSource, SpanSource } from "../telemetry/sources.js";
import { levelPlaces } from "../topology/log-levels.js";
import type { Model } from "../topology/model-types.js";
import { SIGNALS, type Signal } from "../topology/retention.js";
import type { TelemetryLedger } from "../wire/ledger.js";
import type { TimeWindow } from "../wire/telemetry.js";
import { plantSettings } from "./plant-settings.js";

/** What of a stretch is counted. */
export interface LedgerStretch {
  readonly spans: SpanSource;
  readonly logs: LogSource;
  readonly profiles: ProfileStretch;
  readonly scrapes: FateTally;
}

export class WorldLedger {
  /** Of the recent part, for the sink that hears its scrapes. */
  readonly scrapes = new ScrapeTally();
  readonly #tallies: Readonly<Record<Signal, (() => readonly FateTally[])[]>> = {
    metrics: [],
    logs: [],
    traces: [],
    profiles: [],
  };

  constructor(readonly model: Model) {}

  add({ spans, logs, profiles, scrapes }: LedgerStretch): void {
    const { logTemplates, topology } = this.model;
    const levels = levelPlaces(logTemplates);
    const spanTally = new SpanTally(spans, topology.plant.traceSampleRatio);
    const lineTally = new LineTally(logs, levels, lineBytesByTemplate(this.model));
    const profileTally = new ProfileTally(profiles);
    this.#tallies.metrics.push(() => [scrapes]);
    this.#tallies.logs.push(() => lineTally.now());
    this.#tallies.traces.push(() => spanTally.now());
    this.#tallies.profiles.push(() => [profileTally.now()]);
  }

  /** The window in whole steps; nothing is counted that lies before the data or after now. */
  answer(
    asked: TimeWindow,
    { nowUs, dataFromUs }: { readonly nowUs: number; readonly dataFromUs: number },
  ): TelemetryLedger {
    const { plant } = this.model.topology;
    const fromUs = Math.floor(Math.max(asked.fromUs, dataFromUs) / LEDGER_STEP_US) * LEDGER_STEP_US;
    const toUs = Math.max(fromUs, Math.min(asked.toUs, nowUs));
    const accounts = signalAccounts(plant);
    const about = { window: { fromUs, toUs, nowUs }, plant, dataFromUs, queries: ledgerQueries(plant) };
    return {
      fromUs,
      toUs,
      nowUs,
      dataFromUs,
      stepUs: LEDGER_STEP_US,
      signals: SIGNALS.map((signal) =>
        accountOf(
          accounts[signal],
          this.#tallies[signal].flatMap((now) => now()),
          about,
        ),
      ),
      settings: plantSettings(plant),
    };
  }
}
