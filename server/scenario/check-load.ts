/** What the load, the probes and the browsers of a topology file mean beyond their shape. */
import { MICROS_PER_HOUR, MICROS_PER_SECOND } from "../base/time.js";
import { HALF_LIVES } from "../sim/load-curves.js";
import { meanUs } from "../sim/load-sources.js";
import { RequestNumbers } from "../sim/request-numbers.js";
import type { WrittenLoadDetail } from "./load-schema.js";
import type { Report } from "./report.js";
import type { ValuePath } from "./source-document.js";
import { suggest } from "./suggest.js";
import type { WrittenTopology } from "./topology-schema.js";

/** Shares are written with a few digits; more than this off 1 is a mistake. */
const SHARE_TOLERANCE = 1e-6;
/** A request number of a user must not come again within this time. */
const NUMBERS_LAST_US = 24 * MICROS_PER_HOUR;

export function checkLoad(topology: WrittenTopology, report: Report): void {
  const { load } = topology;
  const check = new LoadCheck(topology, report);
  for (const key of ["devices", "appVersions", "locales"] as const) check.shares(load[key], ["load", key]);
  check.shares(load.tenants?.plans, ["load", "tenants", "plans"]);
  check.shares(sharesOf(load.regions), ["load", "regions"]);
  for (const journey of Object.keys(load.journeyCurves ?? {}))
    check.journey(journey, ["load", "journeyCurves", journey], "key");
  for (const [id, campaign] of Object.entries(load.campaigns ?? {}))
    check.campaign(campaign, ["load", "campaigns", id]);
  check.populations();
  check.probes();
  check.browser();
  if (load.rps === 0 && Object.keys(load.populations ?? {}).length === 0)
    report(["load", "rps"], { message: "nobody comes: the rate is 0 and there are no populations" });
}

/** Probes and browsers alone: what a scenario may declare besides its system. */
export function checkAudience(topology: WrittenTopology, report: Report): void {
  const check = new LoadCheck(topology, report);
  check.probes();
  check.browser();
}

class LoadCheck {
  readonly #journeys: readonly string[];

  constructor(
    readonly topology: WrittenTopology,
    readonly report: Report,
  ) {
    this.#journeys = Object.keys(topology.journeys);
  }

  /** Shares sum to one. */
  shares(record: Readonly<Record<string, number>> | undefined, path: ValuePath): void {
    if (record === undefined) return;
    const sum = Object.values(record).reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) <= SHARE_TOLERANCE) return;
    this.report(path, { message: `shares sum to ${String(Number((sum * 100).toFixed(4)))} %, not 100 %`, part: "key" });
  }

  journey(id: string, path: ValuePath, part?: "key"): void {
    if (this.#journeys.includes(id)) return;
    const problem = { message: `unknown journey "${id}"`, hint: suggest(id, this.#journeys) };
    this.report(path, part === undefined ? problem : { ...problem, part });
  }

  journeyShares(record: Readonly<Record<string, number>> | undefined, path: ValuePath): void {
    this.shares(record, path);
    for (const id of Object.keys(record ?? {})) this.journey(id, [...path, id], "key");
  }

  campaign(campaign: NonNullable<WrittenLoadDetail["campaigns"]>[string], path: ValuePath): void {
    const { at, days, ramp, lasts, halfLife, journeys } = campaign;
    this.journeyShares(journeys, [...path, "journeys"]);
    const daily = /^\d\d:\d\d$/.test(at);
    if (days !== undefined && !daily) this.report([...path, "days"], { message: 'goes with a time of day in "at"' });
    if (daily && ramp + lasts + HALF_LIVES * halfLife > 24 * MICROS_PER_HOUR)
      this.report([...path, "at"], {
        message: "comes every day and is not over after one",
        hint: `ramp, lasts and ${String(HALF_LIVES)} half-lives must fit into 24 h; give an instant for one that comes once`,
      });
  }

  populations(): void {
    const populations = Object.entries(this.topology.load.populations ?? {});
    for (const [id, { next }] of populations) {
      const path = ["load", "populations", id, "next"];
      for (const [journey, row] of Object.entries(next)) {
        this.journey(journey, [...path, journey], "key");
        this.journeyShares(row, [...path, journey]);
      }
    }
    const waitingUsers = populations.reduce(
      (sum, [, { users, growth }]) => sum + Math.max(users, growth?.users ?? 0),
      0,
    );
    const triesMax = 1 + Math.max(0, ...populations.map(([, { reload }]) => reload?.times ?? 0));
    const { cyclesMax } = new RequestNumbers({ crowds: 0, probes: false, campaigns: false, waitingUsers, triesMax });
    for (const [id, { think }] of populations) {
      const lasts = cyclesMax * meanUs(think);
      if (lasts >= NUMBERS_LAST_US) continue;
      this.report(["load", "populations", id, "users"], {
        message: `request numbers of a user would come again after ${String(Math.round(lasts / MICROS_PER_SECOND / 60))} min`,
        hint: "fewer users, fewer reloads or a longer time to think",
        severity: "warning",
      });
    }
  }

  probes(): void {
    for (const [id, { journey, every, timeout, regions }] of Object.entries(this.topology.probes ?? {})) {
      const path = ["probes", id];
      this.journey(journey, [...path, "journey"]);
      if (every < MICROS_PER_SECOND) this.report([...path, "every"], { message: "must be at least 1s" });
      if (timeout >= every) this.report([...path, "timeout"], { message: "must be shorter than the interval" });
      if (Object.keys(regions).length === 0)
        this.report([...path, "regions"], { message: "must name at least one", part: "key" });
    }
  }

  browser(): void {
    const { browser, load } = this.topology;
    if (browser === undefined) return;
    this.shares(sharesOf(browser.networks), ["browser", "networks"]);
    const operations = new Map<string, string>();
    for (const [id, { journey }] of Object.entries(browser.pages)) {
      const path = ["browser", "pages", id, "journey"];
      this.journey(journey, path);
      const call = this.#journeys.includes(journey) ? this.topology.journeys[journey].call : undefined;
      const other = operations.get(call ?? "");
      if (other !== undefined) this.report(path, { message: `has the same answer as page "${other}"` });
      if (call !== undefined) operations.set(call, id);
    }
    const devices = Object.keys(load.devices ?? { phone: 0, desktop: 0, tablet: 0 });
    for (const device of Object.keys(browser.slowness ?? {})) {
      if (!devices.includes(device))
        this.report(["browser", "slowness", device], {
          message: `unknown device "${device}"`,
          hint: suggest(device, devices),
          part: "key",
        });
    }
  }
}

const sharesOf = (
  record: Readonly<Record<string, { readonly share: number }>> | undefined,
): Readonly<Record<string, number>> | undefined =>
  record === undefined
    ? undefined
    : Object.fromEntries(Object.entries(record).map(([name, { share }]) => [name, share]));
