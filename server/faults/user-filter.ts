/** Whom a defect concerns, by parameters and scope of the fault, checked against what the topology declares about users. */
import { tenantName } from "../sim/request-draws.js";
import type { FaultSpec } from "../sim/timeline.js";
import type { RequestFilter } from "../topology/code-effects.js";
import { FaultRefused } from "../topology/effects.js";
import { regionNamesOf } from "../topology/regions.js";
import type { Topology } from "../topology/types.js";
import { optionalText } from "./parameter-values.js";

type NamedProperty = "region" | "tenant" | "device" | "appVersion" | "locale";

const KNOWN: Readonly<Record<NamedProperty, (topology: Topology) => readonly string[]>> = {
  region: ({ load }) => regionNamesOf(load),
  tenant: ({ load }) => Array.from({ length: load.tenants?.count ?? 0 }, (_, place) => tenantName(place)),
  device: ({ load }) => (load.devices ?? []).map(({ name }) => name),
  appVersion: ({ load }) => (load.appVersions ?? []).map(({ name }) => name),
  locale: ({ load }) => (load.locales ?? []).map(({ name }) => name),
};
/** Names that a message lists. */
const NAMES_SHOWN = 10;

/** Users by a property, where a parameter or the scope names one; a share of users by the scope. */
export function userFilter(fault: FaultSpec, topology: Topology): RequestFilter {
  const filter: { -readonly [Key in keyof RequestFilter]: RequestFilter[Key] } = {};
  if (fault.scope?.users !== undefined) filter.users = fault.scope.users;
  for (const property of Object.keys(KNOWN) as NamedProperty[]) {
    const value = optionalText(fault, property) ?? fault.scope?.[property];
    if (value === undefined) continue;
    const known = KNOWN[property](topology);
    if (!known.includes(value)) {
      const remedy =
        known.length === 0 ? "The topology declares none." : `Known are ${known.slice(0, NAMES_SHOWN).join(", ")}.`;
      throw new FaultRefused(fault.id, `there is no ${property} ${value}`, remedy);
    }
    filter[property] = value;
  }
  return filter;
}
