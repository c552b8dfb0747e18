/**
 * Alertmanager's configuration file: from the values of its YAML to what the simulation runs, or to what is wrong, with
 * the path of each mistake. Integrations' own fields are taken as they are; what a message would look like at a provider
 * is not simulated. Source: alertmanager/config/config.go.
 */
import { stringify } from "yaml";
import { z } from "zod";
import { parseDurationMs } from "../../query/promql/literals.js";
import type {
  AlertChannel,
  AlertMatcher,
  AlertmanagerSpec,
  AlertReceiver,
  AlertRoute,
  InhibitRule,
  ReceiverIntegration,
  TimeIntervalRule,
  TimeIntervalSpec,
} from "../../topology/alertmanager-spec.js";
import { compareMatchers, makeMatcher, parseMatchers } from "./label-matchers.js";
import { readTimeInterval } from "./time-interval.js";

export interface ConfigurationProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface ConfigurationReading {
  /** Undefined when there are problems. */
  readonly spec?: AlertmanagerSpec;
  readonly problems: readonly ConfigurationProblem[];
}

interface IntegrationKind {
  readonly channel: AlertChannel;
  readonly sendResolved: boolean;
}

/** What the kinds of receivers are to people, and whether they tell ends unless they are told otherwise. */
const INTEGRATIONS: Readonly<Record<string, IntegrationKind>> = {
  webhook: { channel: "page", sendResolved: true },
  pagerduty: { channel: "page", sendResolved: true },
  opsgenie: { channel: "page", sendResolved: true },
  victorops: { channel: "page", sendResolved: true },
  pushover: { channel: "page", sendResolved: true },
  sns: { channel: "page", sendResolved: true },
  incidentio: { channel: "page", sendResolved: true },
  email: { channel: "ticket", sendResolved: false },
  jira: { channel: "ticket", sendResolved: true },
  slack: { channel: "chat", sendResolved: false },
  msteams: { channel: "chat", sendResolved: true },
  msteamsv2: { channel: "chat", sendResolved: true },
  discord: { channel: "chat", sendResolved: true },
  telegram: { channel: "chat", sendResolved: true },
  webex: { channel: "chat", sendResolved: true },
  wechat: { channel: "chat", sendResolved: false },
  rocketchat: { channel: "chat", sendResolved: false },
  mattermost: { channel: "chat", sendResolved: true },
};

/** Routes, receivers or rules of one file. */
const LIST_MAX = 1_000;
const ROUTE_DEPTH_MAX = 20;
const DEFAULT_MS = { groupWait: 30_000, groupInterval: 300_000, repeatInterval: 14_400_000, resolveTimeout: 300_000 };

const durationText = z.string().regex(/^(?:0|(?:\d+(?:ms|[smhdwy]))+)$/, {
  error: ({ input }) => `not a valid duration string: ${JSON.stringify(input)}`,
});
/** YAML makes numbers of labels that look like one. */
const labelText = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const pairs = z.record(z.string(), labelText);
const names = z.array(z.string()).max(LIST_MAX);

const routeFields = {
  receiver: z.string().optional(),
  group_by: names.optional(),
  continue: z.boolean().optional(),
  match: pairs.optional(),
  match_re: pairs.optional(),
  matchers: names.optional(),
  group_wait: durationText.optional(),
  group_interval: durationText.optional(),
  repeat_interval: durationText.optional(),
  mute_time_intervals: names.optional(),
  active_time_intervals: names.optional(),
};

const routeSchema = z.strictObject({ ...routeFields, routes: z.array(z.unknown()).max(LIST_MAX).optional() });
type WrittenRoute = z.output<typeof routeSchema>;

const timeIntervalsSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1, "missing name in time interval"),
      time_intervals: z
        .array(
          z.strictObject({
            times: z.array(z.strictObject({ start_time: z.string(), end_time: z.string() })).optional(),
            weekdays: names.optional(),
            days_of_month: names.optional(),
            months: z.array(labelText).optional(),
            years: z.array(labelText).optional(),
            location: z.string().optional(),
          }),
        )
        .max(LIST_MAX)
        .default([]),
    }),
  )
  .max(LIST_MAX);

const receiverConfigs = Object.fromEntries(
  Object.keys(INTEGRATIONS).map((kind) => [
    `${kind}_configs`,
    z.array(z.looseObject({ send_resolved: z.boolean().optional() })).optional(),
  ]),
);

const fileSchema = z.strictObject({
  global: z.looseObject({ resolve_timeout: durationText.optional() }).nullish(),
  templates: names.nullish(),
  route: z.unknown().optional(),
  inhibit_rules: z
    .array(
      z.strictObject({
        source_match: pairs.optional(),
        source_match_re: pairs.optional(),
        source_matchers: names.optional(),
        target_match: pairs.optional(),
        target_match_re: pairs.optional(),
        target_matchers: names.optional(),
        equal: names.optional(),
      }),
    )
    .max(LIST_MAX)
    .nullish(),
  receivers: z
    .array(z.strictObject({ name: z.string().min(1, "missing name in receiver"), ...receiverConfigs }))
    .max(LIST_MAX)
    .nullish(),
  time_intervals: timeIntervalsSchema.nullish(),
  mute_time_intervals: timeIntervalsSchema.nullish(),
});

/** Reads the values of a configuration file. */
export function readConfiguration(value: unknown): ConfigurationReading {
  const reader = new Reader();
  const spec = reader.read(value);
  return spec === undefined || reader.problems.length > 0 ? { problems: reader.problems } : { spec, problems: [] };
}

type Path = readonly (string | number)[];

interface Inherited {
  readonly receiver: string;
  readonly groupBy: AlertRoute["groupBy"];
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}

class Reader {
  readonly problems: ConfigurationProblem[] = [];
  private receiverNames: ReadonlySet<string> = new Set();
  private timeNames: ReadonlySet<string> = new Set();

  read(value: unknown): AlertmanagerSpec | undefined {
    const file = this.shape(fileSchema, value, []);
    if (file === undefined) return undefined;
    const receivers = this.receivers(file.receivers ?? []);
    this.receiverNames = new Set(receivers.map(({ name }) => name));
    const timeIntervals = [
      ...this.timeIntervals(file.time_intervals ?? [], "time_intervals"),
      ...this.timeIntervals(file.mute_time_intervals ?? [], "mute_time_intervals"),
    ];
    this.timeNames = new Set(timeIntervals.map(({ name }) => name));
    const route = this.root(file.route);
    const inhibitRules = (file.inhibit_rules ?? []).map((rule, index) => this.inhibitRule(rule, index));
    if (route === undefined) return undefined;
    return {
      route,
      inhibitRules,
      receivers,
      timeIntervals,
      resolveTimeoutMs: milliseconds(file.global?.resolve_timeout, DEFAULT_MS.resolveTimeout),
      original: stringify(withoutSecrets(value)),
    };
  }

  private complain(path: Path, message: string): void {
    this.problems.push({ path, message });
  }

  private shape<Output>(schema: z.ZodType<Output>, value: unknown, path: Path): Output | undefined {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      const at = [...path, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
      if (issue.code === "unrecognized_keys")
        for (const key of issue.keys) this.complain([...at, key], `field ${key} not found`);
      else this.complain(at, issue.message);
    }
    return undefined;
  }

  private receivers(written: readonly WrittenReceiver[]): readonly AlertReceiver[] {
    const seen = new Set<string>();
    return written.map((receiver, index) => {
      const { name } = receiver;
      if (seen.has(name))
        this.complain(["receivers", index, "name"], `notification config name ${JSON.stringify(name)} is not unique`);
      seen.add(name);
      return { name, integrations: integrationsOf(receiver) };
    });
  }

  private timeIntervals(written: z.output<typeof timeIntervalsSchema>, field: string): readonly TimeIntervalSpec[] {
    const seen = new Set<string>();
    return written.map(({ name, time_intervals: rules }, index) => {
      if (seen.has(name)) this.complain([field, index, "name"], `time interval ${JSON.stringify(name)} is not unique`);
      seen.add(name);
      const read = rules.flatMap((rule, at): TimeIntervalRule[] => {
        const one = readTimeInterval(rule);
        if (one.ok) return [one.value];
        this.complain([field, index, "time_intervals", at], one.error);
        return [];
      });
      return { name, rules: read };
    });
  }

  private root(value: unknown): AlertRoute | undefined {
    if (value === undefined || value === null) {
      this.complain([], "no route provided in config");
      return undefined;
    }
    const written = this.shape(routeSchema, value, ["route"]);
    if (written === undefined) return undefined;
    if (written.receiver === undefined || written.receiver === "")
      this.complain(["route"], "root route must specify a default receiver");
    if (written.match !== undefined || written.match_re !== undefined || written.matchers !== undefined)
      this.complain(["route"], "root route must not have any matchers");
    if ((written.mute_time_intervals ?? []).length > 0)
      this.complain(["route", "mute_time_intervals"], "root route must not have any mute time intervals");
    if ((written.active_time_intervals ?? []).length > 0)
      this.complain(["route", "active_time_intervals"], "root route must not have any active time intervals");
    const { groupWait, groupInterval, repeatInterval } = DEFAULT_MS;
    const defaults: Inherited = {
      receiver: written.receiver ?? "",
      groupBy: [],
      groupWaitMs: groupWait,
      groupIntervalMs: groupInterval,
      repeatIntervalMs: repeatInterval,
    };
    return this.route(written, defaults, ["route"]);
  }

  private route(written: WrittenRoute, above: Inherited, path: Path): AlertRoute {
    const inherited: Inherited = {
      receiver: written.receiver ?? above.receiver,
      groupBy: written.group_by === undefined ? above.groupBy : this.groupBy(written.group_by, [...path, "group_by"]),
      groupWaitMs: milliseconds(written.group_wait, above.groupWaitMs),
      groupIntervalMs: milliseconds(written.group_interval, above.groupIntervalMs),
      repeatIntervalMs: milliseconds(written.repeat_interval, above.repeatIntervalMs),
    };
    this.checkRoute(written, inherited, path);
    return {
      ...inherited,
      matchers: this.matchers(written, "", path),
      continue: written.continue ?? false,
      muteTimes: this.times(written.mute_time_intervals, [...path, "mute_time_intervals"]),
      activeTimes: this.times(written.active_time_intervals, [...path, "active_time_intervals"]),
      routes: this.children(written, inherited, path),
    };
  }

  private children({ routes = [] }: WrittenRoute, inherited: Inherited, path: Path): readonly AlertRoute[] {
    if (routes.length > 0 && path.length > 2 * ROUTE_DEPTH_MAX) {
      this.complain(path, `routes may be nested ${String(ROUTE_DEPTH_MAX)} deep`);
      return [];
    }
    return routes.flatMap((value, index) => {
      const at = [...path, "routes", index];
      const child = this.shape(routeSchema, value, at);
      return child === undefined ? [] : [this.route(child, inherited, at)];
    });
  }

  private checkRoute(written: WrittenRoute, inherited: Inherited, path: Path): void {
    const { receiver } = inherited;
    if (receiver !== "" && !this.receiverNames.has(receiver) && (written.receiver !== undefined || path.length === 1))
      this.complain([...path, "receiver"], `undefined receiver ${JSON.stringify(receiver)} used in route`);
    if (inherited.groupIntervalMs === 0) this.complain([...path, "group_interval"], "group_interval cannot be zero");
    if (inherited.repeatIntervalMs === 0) this.complain([...path, "repeat_interval"], "repeat_interval cannot be zero");
  }

  private groupBy(labels: readonly string[], path: Path): AlertRoute["groupBy"] {
    const seen = new Set<string>();
    labels.forEach((label, index) => {
      if (seen.has(label)) this.complain([...path, index], `duplicated label ${JSON.stringify(label)} in group_by`);
      if (label !== "..." && !/^[a-zA-Z_]\w*$/.test(label))
        this.complain([...path, index], `invalid label name ${JSON.stringify(label)} in group_by list`);
      seen.add(label);
    });
    if (!seen.has("...")) return labels;
    if (seen.size > 1)
      this.complain(path, "cannot have wildcard group_by (`...`) and other other labels at the same time");
    return "all";
  }

  private times(used: readonly string[] = [], path: Path): readonly string[] {
    used.forEach((name, index) => {
      if (!this.timeNames.has(name))
        this.complain([...path, index], `undefined time interval ${JSON.stringify(name)} used in route`);
    });
    return used;
  }

  private inhibitRule(
    written: Readonly<Record<string, unknown>> & { readonly equal?: readonly string[] | undefined },
    index: number,
  ): InhibitRule {
    const path = ["inhibit_rules", index];
    return {
      source: this.matchers(written, "source_", path),
      target: this.matchers(written, "target_", path),
      equal: written.equal ?? [],
    };
  }

  /** Of the three fields that can say it: `match`, `match_re` and `matchers`, with a prefix. */
  private matchers(written: Readonly<Record<string, unknown>>, prefix: string, path: Path): readonly AlertMatcher[] {
    const found: AlertMatcher[] = [];
    for (const [field, isRegex] of [
      [`${prefix}match`, false],
      [`${prefix}match_re`, true],
    ] as const) {
      for (const [name, value] of Object.entries((written[field] ?? {}) as Readonly<Record<string, string>>)) {
        const made = makeMatcher({ name, value, isRegex, isEqual: true });
        if (made.ok) found.push(made.value);
        else this.complain([...path, field, name], made.error);
      }
    }
    ((written[`${prefix}matchers`] ?? []) as readonly string[]).forEach((text, index) => {
      const parsed = parseMatchers(text);
      if (parsed.ok) found.push(...parsed.value);
      else this.complain([...path, `${prefix}matchers`, index], parsed.error);
    });
    return found.sort(compareMatchers);
  }
}

type WrittenReceiver = { readonly name: string } & Readonly<
  Record<`${string}_configs`, readonly { readonly send_resolved?: boolean }[] | undefined>
>;

function integrationsOf(receiver: WrittenReceiver): readonly ReceiverIntegration[] {
  return Object.entries(INTEGRATIONS).flatMap(([kind, { channel, sendResolved }]) =>
    (receiver[`${kind}_configs`] ?? []).map((written) => ({
      kind,
      channel,
      sendResolved: written.send_resolved ?? sendResolved,
    })),
  );
}

const milliseconds = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : text === "0" ? 0 : (parseDurationMs(text) ?? otherwise);

const SECRET = /(?:password|secret|token|_key|credentials|auth_identity|api_url|api_secret|webhook_url)$/;

/** The same values, with nothing in them that only the sender may know. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === "string" && SECRET.test(name) ? "<secret>" : withoutSecrets(inner),
    ]),
  );
}
