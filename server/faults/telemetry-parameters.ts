/** Parameters of the faults of telemetry and of alerting. */
import type { FaultParameter, FaultParameterSet, FaultTargetKind } from "./fault-parameter.js";

const SERVICE: readonly FaultTargetKind[] = ["service"];
const SCRAPED: readonly FaultTargetKind[] = ["service", "store", "cache", "queue"];

const set = (
  name: string,
  targets: readonly FaultTargetKind[],
  parameters: readonly FaultParameter[],
  livesIn: FaultParameterSet["livesIn"] = "environment",
): FaultParameterSet => ({ class: name, targets, livesIn, exactlyOneOf: [], parameters });

const FACTOR: FaultParameter = {
  name: "factor",
  key: "factor",
  kind: "ratio",
  description: "Share of the usual rate that is left.",
  required: true,
  min: 0,
  max: 1,
};

const threshold = (what: string): readonly FaultParameter[] => [
  { name: "alert", key: "alert", kind: "name", description: "The rule whose threshold was changed.", required: true },
  {
    name: "threshold",
    key: "threshold",
    kind: "factor",
    description: `The new number at the end of its expression: one that ${what}.`,
    required: true,
    min: 0,
    max: 1e15,
  },
];

export const TELEMETRY_PARAMETERS: readonly FaultParameterSet[] = [
  set("telemetry/head-sampling", SERVICE, [
    {
      name: "ratio",
      key: "ratio",
      kind: "ratio",
      description: "Share of traces that is kept.",
      required: true,
      min: 0,
      max: 1,
    },
    {
      name: "journey",
      key: "journey",
      kind: "journey",
      description: "Only traces of this journey; all when left out.",
      required: false,
    },
  ]),
  set("telemetry/collector-overload", SERVICE, [FACTOR]),
  set(
    "telemetry/broken-propagation",
    SERVICE,
    [
      {
        name: "queue",
        key: "queue",
        kind: "component",
        description: "The queue that loses the context; when left out, the target loses it on all its calls.",
        required: false,
      },
    ],
    "version",
  ),
  set("telemetry/clock-skewed-spans", SERVICE, [
    {
      name: "offset",
      key: "offsetUs",
      kind: "duration",
      description: "How far the clocks are off.",
      required: true,
      min: 0,
      max: 3_600_000_000,
    },
    {
      name: "direction",
      key: "direction",
      kind: "choice",
      choices: ["ahead", "behind"],
      description: "To which side.",
      required: false,
      defaultValue: "behind",
    },
    {
      name: "driftPpm",
      key: "driftPpm",
      kind: "factor",
      description: "What they gain on top, in parts in a million.",
      required: false,
      defaultValue: 0,
      min: 0,
      max: 100_000,
    },
  ]),
  set("telemetry/scrape-failure", SCRAPED, [
    {
      name: "mode",
      key: "mode",
      kind: "choice",
      choices: ["refuse", "silence"],
      description: "Whether connections are refused or never answered.",
      required: false,
      defaultValue: "refuse",
    },
  ]),
  set(
    "telemetry/missing-metric",
    SERVICE,
    [
      {
        name: "metric",
        key: "metric",
        kind: "metric",
        description: "The metric that the new version does not expose.",
        required: false,
        defaultValue: "http_server_request_duration_seconds",
      },
    ],
    "version",
  ),
  set("telemetry/counter-reset", SCRAPED, [
    {
      name: "mode",
      key: "mode",
      kind: "choice",
      choices: ["waver", "restart"],
      description: "Whether the exporter shows a part of its counters at times, or begins them anew.",
      required: false,
      defaultValue: "waver",
    },
    {
      name: "period",
      key: "periodUs",
      kind: "duration",
      description: "How long each state lasts, or how often counters begin anew.",
      required: true,
      min: 1_000_000,
      max: 3_600_000_000,
    },
  ]),
  set("telemetry/log-loss", SERVICE, [FACTOR]),
  set("telemetry/log-flood", SERVICE, []),
  set("telemetry/alert-storm", SERVICE, threshold("the usual value passes")),
  set("telemetry/blind-rule", SERVICE, threshold("nothing reaches")),
  set("telemetry/shared-fate", SERVICE, [
    {
      name: "share",
      key: "share",
      kind: "ratio",
      description: "Share of the cores of the target that something else uses up.",
      required: true,
      min: 0,
      max: 0.99,
    },
  ]),
];
