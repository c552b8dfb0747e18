/** Parameters of the faults of the network and of certificates. */
import { ratioParameter } from "./fault-parameter.js";
import type { FaultParameter, FaultParameterSet, FaultTargetKind } from "./fault-parameter.js";

const ANYTHING: readonly FaultTargetKind[] = ["service", "store", "cache", "queue", "external"];

const PEER: FaultParameter = {
  name: "peer",
  key: "peer",
  kind: "component",
  description: "Only the links between the target and this component; all links of the target when left out.",
  required: false,
};

const set = (
  name: string,
  parameters: readonly FaultParameter[],
  targets: readonly FaultTargetKind[] = ANYTHING,
): FaultParameterSet => ({
  class: name,
  targets,
  livesIn: "environment",
  exactlyOneOf: [],
  parameters,
});

export const NETWORK_PARAMETERS: readonly FaultParameterSet[] = [
  set("network/latency", [
    PEER,
    {
      name: "added",
      key: "addedUs",
      kind: "duration",
      description: "What each way takes longer.",
      required: true,
      min: 0,
      max: 60_000_000,
    },
    {
      name: "jitter",
      key: "jitterUs",
      kind: "duration",
      description: "By how much that varies either way.",
      required: false,
      defaultValue: 0,
      min: 0,
      max: 60_000_000,
    },
  ]),
  set("network/packet-loss", [PEER, ratioParameter("Share of packets that are lost.")]),
  set("network/partition", [
    PEER,
    {
      name: "mode",
      key: "mode",
      kind: "choice",
      choices: ["drop", "refuse"],
      description: "Whether packets vanish or connections are refused at once.",
      required: false,
      defaultValue: "drop",
    },
  ]),
  set("network/bandwidth", [
    PEER,
    {
      name: "bytesPerSecond",
      key: "bytesPerSecond",
      kind: "count",
      description: "What a link carries, each way.",
      required: true,
      min: 100,
      max: 1e12,
    },
  ]),
  set("network/connection-reset", [
    PEER,
    ratioParameter("Share of calls whose connection breaks before the answer is there."),
  ]),
  set("network/dns-error", [
    ratioParameter("Share of look-ups of the target's name that fail.", 1),
    {
      name: "mode",
      key: "mode",
      kind: "choice",
      choices: ["error", "silence"],
      description: "Whether the look-up fails at once or is never answered.",
      required: false,
      defaultValue: "error",
    },
  ]),
  set(
    "network/zone-loss",
    [
      {
        name: "zone",
        key: "zone",
        kind: "name",
        description: "The zone that is cut off: every instance in it, of whatever service.",
        required: true,
      },
    ],
    ["service"],
  ),
  set("security/certificate-expired", []),
];
