/** More, fewer or other users than usual, and where their requests go. */
import { ZipfTable } from "../base/zipf.js";
import type { FaultSpec } from "../sim/timeline.js";
import { type Effect, type FaultMechanism, FaultRefused } from "../topology/effects.js";
import type { Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, optionalText } from "./parameter-values.js";

/** Distinct clients of a flood. */
const BOTS = 40;

/** The journey that the fault names, if it names one. */
function journeyOf(fault: FaultSpec, topology: Topology): string | undefined {
  const journey = optionalText(fault, "journey");
  if (journey !== undefined && !topology.journeys.some(({ id }) => id === journey)) {
    const known = topology.journeys.map(({ id }) => id).join(", ");
    throw new FaultRefused(fault.id, `there is no journey ${journey}`, `Known are ${known}.`);
  }
  return journey;
}

const shareOf = (topology: Topology, journey: string | undefined): number =>
  topology.journeys.find(({ id }) => id === journey)?.share ?? 1;

/** Arrivals of `journey` (all journeys when it is left out) are `factor` times the usual ones; people or bots. */
export const SURGE: FaultMechanism = {
  class: "traffic/surge",
  effects(fault, topology) {
    const journey = journeyOf(fault, topology);
    const factor = numberParameter(fault, "factor");
    const halfLifeUs = optionalNumber(fault, "halfLifeUs");
    if (fault.parameters.bots === true) {
      if (factor < 1) throw new FaultRefused(fault.id, "bots only add to the load", "Give a factor of 1 or more.");
      return [
        {
          kind: "crowd",
          who: "bots",
          tenant: -1,
          journey,
          ratio: (factor - 1) * shareOf(topology, journey),
          members: BOTS,
          items: 1,
          fromUs: fault.onset,
          halfLifeUs: halfLifeUs ?? 0,
        },
      ];
    }
    const decay = halfLifeUs === undefined ? {} : { decay: { fromUs: fault.onset, halfLifeUs } };
    return [{ kind: "arrivals", journey, factor, ...decay }];
  },
};

/** As many requests as usual, but more of them of one journey, or more of them at one instance. */
export const IMBALANCE: FaultMechanism = {
  class: "traffic/imbalance",
  effects(fault, topology) {
    const skew = optionalNumber(fault, "skew");
    if (skew !== undefined) return [{ kind: "balance-skew", service: fault.target, share: skew }];
    const journey = journeyOf(fault, topology);
    if (journey === undefined) throw new FaultRefused(fault.id, "the share is that of a journey", "Name the journey.");
    const before = shareOf(topology, journey);
    const share = numberParameter(fault, "share");
    if (before <= 0 || before >= 1)
      throw new FaultRefused(fault.id, `${journey} has a share of ${String(before)}`, "Name one among several.");
    return topology.journeys.map(({ id }): Effect => ({
      kind: "arrivals",
      journey: id,
      factor: id === journey ? share / before : (1 - share) / (1 - before),
    }));
  },
};

/** One tenant sends many times its load, perhaps with heavier requests. */
export const TENANT_HOGGING: FaultMechanism = {
  class: "traffic/tenant-hogging",
  effects(fault, topology) {
    const { tenants } = topology.load;
    if (tenants === undefined) throw new FaultRefused(fault.id, "the topology has no tenants", "Declare load.tenants.");
    const tenant = (optionalNumber(fault, "tenant") ?? 1) - 1;
    if (tenant >= tenants.count)
      throw new FaultRefused(fault.id, `there are ${String(tenants.count)} tenants`, "Name one of them by its place.");
    const journey = journeyOf(fault, topology);
    const usual = new ZipfTable(tenants.count, tenants.zipf).shareOf(tenant);
    return [
      {
        kind: "crowd",
        who: "tenant",
        tenant,
        journey,
        ratio: usual * (numberParameter(fault, "factor") - 1),
        members: optionalNumber(fault, "members") ?? 1,
        items: optionalNumber(fault, "items") ?? 1,
        fromUs: fault.onset,
        halfLifeUs: 0,
      },
    ];
  },
};
