/** What the view of objectives gives out: a row for each window of each budget, and the queries behind them. Pure. */
import type { SloLedger } from "../../../server/wire/alerting.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { stepSecondsOf } from "../../net/range-query.js";
import { promRange } from "../../state/export-text.js";
import type { CurlRequest, ExportTable } from "../../state/export-text.js";

export const ledgersTable = (ledgers: readonly SloLedger[]): ExportTable => ({
  columns: ["objective", "service", "target", "days", "left", "window", "error_ratio", "burn_rate", "spent"],
  rows: ledgers.flatMap(({ title, service, objective, windowDays, left, windows }) =>
    windows.map(({ window, errorRatio, burnRate, spent }) => [
      title,
      service,
      objective,
      windowDays,
      left,
      window,
      errorRatio ?? null,
      burnRate ?? null,
      spent ?? null,
    ]),
  ),
});

/** The accounts, and the share of bad events of each as its chart asks. */
export const sloRequests = (ledgers: readonly SloLedger[], window: TimeWindow): readonly CurlRequest[] => [
  { own: "slo-ledgers" },
  ...ledgers.map(({ errorRatioQuery }) => promRange(errorRatioQuery, window, stepSecondsOf(window))),
];
