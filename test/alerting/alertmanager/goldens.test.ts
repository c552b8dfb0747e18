/** What the real Alertmanager 0.25 answered, sent and routed, and what ours does with the same. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Alertmanager } from "../../../server/alerting/alertmanager/alertmanager.js";
import { readConfiguration } from "../../../server/alerting/alertmanager/configuration.js";
import { webhookBody } from "../../../server/alerting/alertmanager/notification.js";
import type { AlertmanagerSpec } from "../../../server/topology/alertmanager-spec.js";

const golden = (name: string): string => readFileSync(`test/fixtures/golden/${name}`, "utf8");

function configuration(value: unknown): AlertmanagerSpec {
  const { spec, problems } = readConfiguration(value);
  if (spec === undefined) throw new Error(JSON.stringify(problems));
  return spec;
}

const file = (name: string): AlertmanagerSpec => {
  if (name !== "conf.routing-reverted.yml") return configuration(parse(golden(name)));
  // The same routes the other way round, both going on.
  const value = parse(golden("conf.routing.yml")) as { route: { routes: { continue?: boolean }[] } };
  value.route.routes = value.route.routes.reverse().map((route) => ({ ...route, continue: true }));
  return configuration(value);
};

const NO_SILENCES = { silencedBy: () => [] };

type Labels = Readonly<Record<string, string>>;

it("routes as the real tool does", () => {
  const cases = JSON.parse(golden("route-golden.json")) as {
    readonly config: string;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly receivers: readonly string[];
  }[];
  expect(cases).toHaveLength(320);
  const managers = new Map<string, Alertmanager>();
  for (const { config, labels, receivers } of cases) {
    const manager = managers.get(config) ?? new Alertmanager({ spec: file(config), silences: NO_SILENCES, startMs: 0 });
    managers.set(config, manager);
    const texts = Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
    expect(manager.receiversOf(texts), `${config} ${JSON.stringify(labels)}`).toEqual(receivers);
  }
});

describe("a recorded course of alerts", () => {
  interface Entry {
    readonly t: number;
    readonly post?: readonly Labels[];
    readonly resolved?: boolean;
    readonly hook?: string;
    readonly status?: string;
    readonly groupKey?: string;
    readonly groupLabels?: Labels;
    readonly alerts?: readonly (readonly [string, Labels] | Snapshot)[];
    readonly snap?: string;
    readonly groups?: readonly { readonly labels: Labels; readonly receiver: string; readonly n: number }[];
  }
  interface Snapshot {
    readonly labels: Labels;
    readonly state: string;
    readonly inhibited: number;
    readonly silenced: number;
    readonly receivers: readonly string[];
  }
  const entries = JSON.parse(golden("am-timeline.json")) as Entry[];
  /** The recording tells that a silence of db1 was there in a snapshot, not when it was made. */
  const silences = {
    silencedBy: (labels: Labels, atMs: number) => (labels["service"] === "db1" && atMs >= 10_000 ? ["one"] : []),
  };
  const manager = new Alertmanager({ spec: file("sim.yml"), silences, startMs: 0 });
  const snapshots: (readonly [Entry, readonly Snapshot[]])[] = [];
  let groups: unknown;
  for (const entry of entries) {
    if (entry.post !== undefined) {
      const posted = entry.post.map((labels) => ({
        labels,
        annotations: {},
        generatorUrl: "",
        ...(entry.resolved === true ? { endsAtMs: entry.t } : {}),
      }));
      manager.receive(posted, entry.t);
    } else manager.advance(entry.t);
    if (entry.groups !== undefined)
      groups = manager
        .groupViews(entry.t)
        .map(({ labels, receiver, alerts }) => ({ labels, receiver, n: alerts.length }));
    if (entry.snap === undefined) continue;
    const found = manager.alerts(entry.t).map((alert): Snapshot => {
      const { state, inhibitedBy, silencedBy } = manager.statusOf(alert, entry.t);
      const receivers = manager.receiversOf(alert.labels);
      return { labels: alert.labels, state, inhibited: inhibitedBy.length, silenced: silencedBy.length, receivers };
    });
    snapshots.push([entry, found]);
  }

  it("tells the same receivers of the same alerts at the same times", () => {
    const hooks = entries.filter(({ hook }) => hook !== undefined);
    const told = manager.notifications;
    expect(told).toHaveLength(hooks.length);
    const key = (receiver: string | undefined, groupKey: string | undefined, status: string | undefined): string =>
      `${receiver ?? ""} ${status ?? ""} ${groupKey ?? ""}`;
    for (const entry of hooks) {
      const same = told.find(
        ({ receiver, groupKey, status }) =>
          key(`/${receiver}`, groupKey, status) === key(entry.hook, entry.groupKey, entry.status),
      );
      expect(same, key(entry.hook, entry.groupKey, entry.status)).toBeDefined();
      expect(same!.groupLabels).toEqual(entry.groupLabels);
      expect(same!.alerts.map(({ status, labels }) => [status, labels])).toEqual(entry.alerts);
      // The real one took some milliseconds.
      expect(Math.abs(same!.atMs - entry.t)).toBeLessThan(60);
    }
  });

  it("shows the same alerts in the same order, with the same states", () => {
    expect(snapshots.length).toBe(4);
    for (const [entry, found] of snapshots) expect(found, entry.snap ?? "").toEqual(entry.alerts);
  });

  it("has the same groups", () => {
    expect(groups).toEqual(entries.at(-1)?.groups);
  });
});

it("posts the same webhook", () => {
  const expected = JSON.parse(golden("golden-webhook.jsonl").trim()) as {
    readonly alerts: readonly {
      readonly labels: Labels;
      readonly annotations: Labels;
      readonly generatorURL: string;
    }[];
    readonly externalURL: string;
  };
  const spec = configuration({
    route: {
      receiver: "default",
      group_by: ["alertname", "service"],
      group_wait: "1s",
      routes: [{ receiver: "pager", matchers: ['severity="page"'] }],
    },
    receivers: [{ name: "default" }, { name: "pager", webhook_configs: [{ url: "http://127.0.0.1:31999/hook" }] }],
  });
  const [alert] = expected.alerts;
  const startsAtMs = Date.parse("2026-11-21T02:47:15.950Z");
  const manager = new Alertmanager({ spec, silences: NO_SILENCES, startMs: 0 });
  const { labels, annotations, generatorURL: generatorUrl } = alert!;
  manager.receive([{ labels, annotations, startsAtMs, endsAtMs: startsAtMs + 240_000, generatorUrl }], startsAtMs);
  manager.advance(startsAtMs + 5_000);
  expect(manager.notifications).toHaveLength(1);
  expect(webhookBody(manager.notifications[0]!, expected.externalURL)).toEqual(expected);
});
