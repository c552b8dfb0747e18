/** The written form of who comes when, of probes and of browsers, and what the engine makes of it. */
import { z } from "zod";
import { duration, type Duration } from "../base/time.js";
import type { BrowserSpec } from "../topology/browser-spec.js";
import type { LoadDetailSpec, MomentSpec, PopulationSpec, ShareSpec } from "../topology/load-spec.js";
import type { ProbeSpec } from "../topology/probe-spec.js";
import type { LoadSpec } from "../topology/types.js";
import {
  bytesText,
  count,
  durationText,
  identifier,
  line,
  positiveDurationText,
  quantity,
  ratio,
  spreadDurationText,
} from "./scalars.js";
import { defined, entryOf } from "./records.js";
import { INSTANT_PATTERN, parseInstant } from "./units.js";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
const MOMENT_MESSAGE = "must be a time of day (UTC) such as 10:30, or an RFC 3339 instant such as 2025-03-12T10:30:00Z";
const MINUTE_US = 60_000_000;

const momentText = z
  .string({ error: MOMENT_MESSAGE })
  .refine((text) => TIME_OF_DAY.test(text) || parseInstant(text) !== undefined, MOMENT_MESSAGE)
  .meta({
    description: "A time of day (UTC), every day, or an instant.",
    pattern: `${TIME_OF_DAY.source}|${INSTANT_PATTERN}`,
    examples: ["10:30", "2025-03-12T10:30:00Z"],
  });

const curve = z.array(quantity(0, 20)).length(24, "must have 24 factors, one an hour (UTC)");

/** Names with their shares; that they sum to 1 is checked where it can be said better. */
const shares = (what: string) =>
  z
    .record(z.string().regex(/^[A-Za-z0-9][\w.+-]*$/, "must be a word without spaces"), ratio)
    .refine((record) => Object.keys(record).length > 0, "must name at least one")
    .describe(what);

const campaign = z.strictObject({
  at: momentText,
  days: z.array(z.enum(WEEKDAYS)).max(7).optional().describe("With a time of day: only on these days."),
  factor: quantity(1, 100).describe("All arrivals at its height, in multiples of the usual ones."),
  ramp: durationText.prefault("1m").describe("From the usual rate to the height."),
  lasts: durationText.prefault("5m").describe("How long it stays at its height."),
  halfLife: durationText.prefault("5m").describe("Time in which what is left halves; 0s ends at once."),
  journeys: shares("What those who come do; the shares of the journeys when left out.").optional(),
});

const population = z.strictObject({
  users: count(0, 200_000),
  growth: z
    .strictObject({ users: count(0, 200_000), at: momentText, over: durationText.prefault("0s") })
    .optional()
    .describe("Another number of users from a moment on."),
  followsCurve: z.boolean().default(false).describe("The number follows the daily and the weekly curve."),
  think: spreadDurationText.describe("Time between an answer and the next request."),
  patience: positiveDurationText.optional().describe("How long a user waits for an answer; for ever when left out."),
  reload: z
    .strictObject({
      share: ratio.default(0.5).describe("Share of failures after which a user tries again."),
      times: count(1, 7).default(1),
      pause: durationText.prefault("1s"),
    })
    .optional(),
  next: z
    .record(identifier, shares("Journeys that may follow."))
    .default({})
    .describe("What follows a journey; the shares of the journeys where left out."),
});

/** Keys of the load. */
export const loadDetailFields = {
  weeklyCurve: z
    .array(quantity(0.01, 20))
    .length(7, "must have 7 factors, Monday first")
    .optional()
    .describe("Factors of the days of a week (UTC)."),
  journeyCurves: z.record(identifier, curve).optional().describe("Factors of the hours for single journeys."),
  campaigns: z.record(identifier, campaign).optional().describe("More people than usual for a time."),
  populations: z.record(identifier, population).optional().describe("Users who wait for each answer."),
  tenants: z
    .strictObject({
      count: count(1, 100_000),
      zipf: quantity(0, 4).default(1),
      plans: shares("Plans and the share of tenants that have them.").prefault({ standard: 1 }),
    })
    .optional()
    .describe("Customers whose users share the system."),
  regions: z
    .record(identifier, z.strictObject({ share: ratio, latency: spreadDurationText.describe("One way to the edge.") }))
    .optional(),
  devices: shares("Kinds of devices and the share of users that have them.").optional(),
  appVersions: shares("Versions of the client and the share of users that run them.").optional(),
  locales: shares("Languages and the share of users that set them.").optional(),
};

const probe = z.strictObject({
  journey: identifier,
  every: positiveDurationText.prefault("15s"),
  timeout: positiveDurationText.prefault("5s"),
  regions: z.record(identifier, spreadDurationText).describe("Where it is sent from, and one way to the edge."),
});

const page = z.strictObject({
  journey: identifier,
  critical: bytesText.prefault("180KiB").describe("What the largest element waits for."),
  render: durationText.prefault("200ms").describe("Work until the largest element is painted, on a desktop."),
  interaction: durationText.prefault("45ms").describe("Work of one interaction, on a desktop."),
  layoutShift: quantity(0, 2).default(0.03).describe("Median of the cumulative layout shift."),
});

const network = z.strictObject({ share: ratio, roundTrip: durationText, bandwidth: bytesText });

/** Keys of the topology. */
export const audienceFields = {
  probes: z.record(identifier, probe).optional().describe("Requests that are sent from outside at an interval."),
  browser: z
    .strictObject({
      pages: z.record(identifier, page),
      networks: z.record(identifier, network).optional().describe("How users are connected."),
      slowness: z
        .record(line, quantity(0.1, 100))
        .optional()
        .describe("By device: how many times as long work takes as on a desktop."),
      newConnections: ratio.default(0.35).describe("Share of page views that need a new connection."),
      sampleRatio: ratio.default(1).describe("Share of page views that are reported."),
    })
    .optional()
    .describe("Measurements of real users' browsers."),
};

type Written<Fields extends z.core.$ZodLooseShape> = z.output<z.ZodObject<Fields>>;
export type WrittenLoadDetail = Written<typeof loadDetailFields>;
export type WrittenAudience = Written<typeof audienceFields>;
type WrittenPopulation = z.output<typeof population>;

/** Access networks of WebPageTest where a topology declares none. */
const NETWORKS: BrowserSpec["networks"] = [
  { name: "fiber", share: 0.3, roundTrip: duration(4_000), bytesPerSecond: 2_500_000 },
  { name: "cable", share: 0.3, roundTrip: duration(28_000), bytesPerSecond: 625_000 },
  { name: "4g", share: 0.32, roundTrip: duration(170_000), bytesPerSecond: 1_125_000 },
  { name: "3g", share: 0.08, roundTrip: duration(300_000), bytesPerSecond: 200_000 },
];
const DEVICES: readonly ShareSpec[] = [
  { name: "phone", share: 0.55 },
  { name: "desktop", share: 0.4 },
  { name: "tablet", share: 0.05 },
];
/** Against a desktop, as Lighthouse throttles. */
const SLOWNESS: Readonly<Record<string, number>> = { phone: 4, tablet: 2.5, desktop: 1 };

export function buildLoad(written: WrittenLoadDetail & LoadBasics): LoadSpec {
  const { weeklyCurve, journeyCurves, campaigns, populations, tenants, regions, ...rest } = written;
  const { devices, appVersions, locales, ...basics } = rest;
  const detail: LoadDetailSpec = defined({
    weeklyCurve,
    journeyCurves,
    campaigns: campaigns === undefined ? undefined : entries(campaigns).map(buildCampaign),
    populations: populations === undefined ? undefined : entries(populations).map(buildPopulation),
    tenants: tenants === undefined ? undefined : { ...tenants, plans: shareList(tenants.plans) },
    regions: regions === undefined ? undefined : entries(regions).map(([name, region]) => ({ name, ...region })),
    devices: optionalShares(devices),
    appVersions: optionalShares(appVersions),
    locales: optionalShares(locales),
  });
  return { ...basics, ...detail };
}

type LoadBasics = Pick<LoadSpec, "rps" | "dailyCurve" | "users" | "basket">;

function buildCampaign([id, written]: [string, z.output<typeof campaign>]) {
  const { at, days, factor, ramp, lasts, halfLife, journeys = {} } = written;
  return { id, start: momentOf(at, days), factor, ramp, lasts, halfLife, journeys: shareList(journeys) };
}

function buildPopulation([id, written]: [string, WrittenPopulation]): PopulationSpec {
  const { users, growth, followsCurve, think, patience, reload, next } = written;
  return {
    id,
    users,
    followsCurve,
    think,
    ...(growth === undefined ? {} : { growth: { users: growth.users, start: momentOf(growth.at), over: growth.over } }),
    ...(patience === undefined ? {} : { patience }),
    reload: reload ?? { share: 0, times: 0, pause: duration(0) },
    next: entries(next).map(([journey, row]) => ({ journey, shares: shareList(row) })),
  };
}

export function buildAudience(
  { probes, browser }: WrittenAudience,
  load: LoadSpec,
): { readonly probes?: readonly ProbeSpec[]; readonly browser?: BrowserSpec } {
  return defined({
    probes:
      probes === undefined
        ? undefined
        : entries(probes).map(([id, { journey, every, timeout, regions }]): ProbeSpec => ({
            id,
            journey,
            interval: every,
            timeout,
            regions: entries(regions).map(([name, latency]) => ({ name, latency })),
          })),
    browser: browser === undefined ? undefined : buildBrowser(browser, load),
  });
}

function buildBrowser(written: NonNullable<WrittenAudience["browser"]>, load: LoadSpec): BrowserSpec {
  const { pages, networks, slowness = {}, newConnections, sampleRatio } = written;
  return {
    pages: entries(pages).map(([id, { critical, ...rest }]) => ({ id, criticalBytes: critical, ...rest })),
    networks:
      networks === undefined
        ? NETWORKS
        : entries(networks).map(([name, { bandwidth, ...rest }]) => ({ name, bytesPerSecond: bandwidth, ...rest })),
    devices: (load.devices ?? DEVICES).map(({ name, share }) => ({
      name,
      share,
      slowness: entryOf(slowness, name) ?? entryOf(SLOWNESS, name) ?? 1,
    })),
    newConnections,
    sampleRatio,
  };
}

/** A written moment; days are Monday 0. */
export function momentOf(text: string, days: readonly (typeof WEEKDAYS)[number][] = []): MomentSpec {
  const instant = parseInstant(text);
  if (instant !== undefined) return { at: instant };
  const [hours, minutes] = text.split(":").map(Number);
  const timeOfDay: Duration = duration((hours * 60 + minutes) * MINUTE_US);
  return { timeOfDay, days: days.map((day) => WEEKDAYS.indexOf(day)) };
}

const shareList = (record: Readonly<Record<string, number>>): readonly ShareSpec[] =>
  entries(record).map(([name, share]) => ({ name, share }));

const optionalShares = (record: Readonly<Record<string, number>> | undefined): readonly ShareSpec[] | undefined =>
  record === undefined ? undefined : shareList(record);

const entries = <Value>(map: Readonly<Record<string, Value>>): [string, Value][] => Object.entries(map);
