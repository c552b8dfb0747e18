/** Everything that sends requests in a world of a model, as the numbers of requests need to know it. */
import { assert } from "../base/assert.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { CrowdEffect } from "../topology/load-effects.js";
import type { Model } from "../topology/model-types.js";
import type { PopulationSpec } from "../topology/load-spec.js";
import type { DurationSpec, LoadSpec } from "../topology/types.js";
import { RequestDraws } from "./request-draws.js";
import { CROWDS_MAX, type NumberedSources, RequestNumbers } from "./request-numbers.js";

/** Crowds that faults of the model can bring, in the order of the faults. */
export function crowdsOf({ faults }: Model): readonly CrowdEffect[] {
  const crowds = faults.flatMap(({ effects }) => effects.filter((effect) => effect.kind === "crowd"));
  assert(crowds.length <= CROWDS_MAX, `more than ${String(CROWDS_MAX)} faults that bring bots or swell a tenant`);
  return crowds;
}

/** Users of a population at most. */
export function membersOf(
  { users, growth, followsCurve }: PopulationSpec,
  { dailyCurve, weeklyCurve }: LoadSpec,
): number {
  const most = Math.max(users, growth?.users ?? 0);
  if (!followsCurve) return most;
  return Math.ceil(
    most * Math.max(...(dailyCurve.length === 0 ? [1] : dailyCurve)) * Math.max(...(weeklyCurve ?? [1])),
  );
}

export function numberedSources(model: Model): NumberedSources {
  const { load, probes } = model.topology;
  const populations = load.populations ?? [];
  return {
    crowds: crowdsOf(model).length,
    probes: probes !== undefined,
    campaigns: load.campaigns !== undefined,
    waitingUsers: populations.reduce((sum, population) => sum + membersOf(population, load), 0),
    triesMax: 1 + Math.max(0, ...populations.map(({ reload }) => reload.times)),
  };
}

/** Mean of a drawn time, µs. */
export const meanUs = ({ median, sigma, law }: DurationSpec): number =>
  law === "exponential" ? median / Math.LN2 : median * Math.exp((sigma * sigma) / 2);

/** Requests a second of all users who wait, if answers took no time. */
export function waitingRate({ populations = [] }: LoadSpec): number {
  let rate = 0;
  for (const { users, think } of populations) rate += (users * MICROS_PER_SECOND) / Math.max(1, meanUs(think));
  return rate;
}

/** `home from eu-central`, by the number of the probe in its region. */
const probeNamesOf = ({ topology }: Model): readonly string[] =>
  (topology.probes ?? []).flatMap(({ id, regions }) => regions.map(({ name }) => `${id} from ${name}`));

/** The draws of a world: `known` ones of the same seed where they fit the model. */
export function drawsFor(model: Model, seed: string, known: RequestDraws | undefined): RequestDraws {
  const crowds = crowdsOf(model);
  if (known !== undefined && JSON.stringify(known.crowds) === JSON.stringify(crowds)) return known;
  return new RequestDraws(
    seed,
    model.topology.load,
    new RequestNumbers(numberedSources(model)),
    crowds,
    probeNamesOf(model),
  );
}
