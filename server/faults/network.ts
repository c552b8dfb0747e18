/** Faults of the network between components. */
import type { FaultSpec } from "../sim/timeline.js";
import type { FaultMechanism } from "../topology/effects.js";
import { numberParameter, optionalNumber, optionalText, textParameter } from "./parameter-values.js";

const linkOf = (fault: FaultSpec): { readonly component: string; readonly peer: string | undefined } => ({
  component: fault.target,
  peer: optionalText(fault, "peer"),
});

/** Messages from and to the target take longer, one way, and vary more. */
export const LATENCY: FaultMechanism = {
  class: "network/latency",
  effects: (fault) => [
    {
      kind: "link-latency",
      ...linkOf(fault),
      addedUs: numberParameter(fault, "addedUs"),
      jitterUs: optionalNumber(fault, "jitterUs") ?? 0,
    },
  ],
};

/** A share of packets is lost and sent again. */
export const PACKET_LOSS: FaultMechanism = {
  class: "network/packet-loss",
  effects: (fault) => [{ kind: "link-loss", ...linkOf(fault), ratio: numberParameter(fault, "ratio") }],
};

/** Nothing comes through. */
export const PARTITION: FaultMechanism = {
  class: "network/partition",
  effects: (fault) => [
    {
      kind: "link-cut",
      ...linkOf(fault),
      mode: optionalText(fault, "mode") === "refuse" ? "refuse" : "drop",
    },
  ],
};

/** The link carries no more than so many bytes a second, each way. */
export const BANDWIDTH: FaultMechanism = {
  class: "network/bandwidth",
  effects: (fault) => [
    { kind: "link-bandwidth", ...linkOf(fault), bytesPerSecond: numberParameter(fault, "bytesPerSecond") },
  ],
};

/** A share of connections breaks while the answer is on its way. */
export const CONNECTION_RESET: FaultMechanism = {
  class: "network/connection-reset",
  effects: (fault) => [{ kind: "link-reset", ...linkOf(fault), ratio: numberParameter(fault, "ratio") }],
};

/** The target's name cannot be resolved by who opens a connection to it. */
export const DNS_ERROR: FaultMechanism = {
  class: "network/dns-error",
  effects: (fault) => [
    {
      kind: "name-failure",
      component: fault.target,
      ratio: optionalNumber(fault, "ratio") ?? 1,
      mode: optionalText(fault, "mode") === "silence" ? "silence" : "error",
    },
  ],
};

/** Instances of one zone reach each other and nothing else. The target is any service; its zone is what counts. */
export const ZONE_LOSS: FaultMechanism = {
  class: "network/zone-loss",
  effects: (fault) => [{ kind: "zone-cut", zone: textParameter(fault, "zone") }],
};
