/** What the synthetics view gives out: a row for each probe from each region, and the expressions behind it. Pure. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { promInstant } from "../../state/export-text.js";
import type { ExportTable, WireRequest } from "../../state/export-text.js";
import { PROBE_PHASES, probeExpressions, probeVerdict, rangeText } from "./probe-model.js";
import type { ProbeState } from "./probe-model.js";

const ms = (durationUs: number | undefined): number | null => (durationUs === undefined ? null : durationUs / 1_000);

export const probesTable = (states: readonly ProbeState[]): ExportTable => ({
  columns: [
    ...["probe", "region", "verdict", "good_share", "last_status", "last_ms", "median_ms", "slowest_ms"],
    ...PROBE_PHASES.map(({ name }) => `${name}_ms`),
  ],
  rows: states.map((state) => [
    state.probe,
    state.region,
    probeVerdict(state),
    state.successShare ?? null,
    state.status ?? null,
    ms(state.durationUs),
    ms(state.usualUs),
    ms(state.slowestUs),
    ...PROBE_PHASES.map(({ title }) => ms(state.phases.find((phase) => phase.title === title)?.durationUs)),
  ]),
});

export const probeRequests = (window: TimeWindow, atUs: number): readonly WireRequest[] =>
  Object.values(probeExpressions(rangeText(window))).map((query) => promInstant(query, atUs));
