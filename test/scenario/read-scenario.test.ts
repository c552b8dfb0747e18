import { describe, expect, test } from "vitest";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { readScenario, readTopology } from "../../server/scenario/read-scenario.js";
import { FILE_LIMITS } from "../../server/scenario/source-document.js";
import { RULES_FILE, SCENARIO_FILE, TOPOLOGY_FILE, smallFiles } from "./small-files.js";

type Edit = readonly [file: string, piece: string, replacement: string];

/** What is said about the small files after the edits, one line each. */
function complaints(...edits: readonly Edit[]): readonly string[] {
  return readScenario(smallFiles(...edits), SCENARIO_FILE).diagnostics.map(formatDiagnostic);
}

describe("a right scenario", () => {
  const reading = readScenario(smallFiles(), SCENARIO_FILE);

  test("has no complaint", () => {
    expect(reading.diagnostics).toEqual([]);
  });

  test("comes out in engine units, times as instants", () => {
    const scenario = reading.scenario;
    const startsAt = Date.UTC(2025, 2, 12, 14, 5) * 1000;
    expect(scenario).toMatchObject({
      id: "buying",
      seed: "buying",
      startsAt,
      history: 3_600_000_000,
      recent: 900_000_000,
    });
    expect(scenario?.faults).toEqual([
      {
        id: "slow-database",
        class: "dependency/slow",
        target: "db",
        onset: startsAt - 300_000_000,
        shape: "step",
        parameters: { latencyUs: 250_000 },
      },
    ]);
    expect(scenario?.changes[0]).toMatchObject({
      at: startsAt - 720_000_000,
      versionFrom: "2.0.0",
      versionTo: "2.0.1",
    });
    expect(scenario?.grading.causes).toEqual(["slow-database"]);
    expect(scenario?.topology.services[1]?.dependencies).toEqual([
      {
        target: "db",
        poolSize: 8,
        acquireTimeout: 1_000_000,
        timeout: 1_000_000,
        retry: { attempts: 2, backoff: 50_000, multiplier: 2, jitter: 0.2 },
      },
    ]);
    expect(scenario?.topology.services[0]?.operations[0]).toMatchObject({ method: "POST", route: "/buy" });
    expect(scenario?.topology.stores[0]?.queries[0]).toMatchObject({ operation: "INSERT", rows: "basket" });
    expect(scenario?.topology.ruleGroups[0]?.rules).toEqual([{ alert: "BuyFails", expr: "up == 0", for: "1m" }]);
  });

  test("its digest changes with any of its files", () => {
    const digest = (...edits: readonly Edit[]) => readScenario(smallFiles(...edits), SCENARIO_FILE).scenario?.digest;
    const original = digest();
    expect(original).toMatch(/^[0-9a-f]{64}$/);
    expect(digest()).toBe(original);
    expect(digest([RULES_FILE, "for: 1m", "for: 2m"])).not.toBe(original);
    expect(digest([TOPOLOGY_FILE, "rps: 10", "rps: 11"])).not.toBe(original);
  });
});

describe("mistakes are named with file, line, column and path", () => {
  test.each<[title: string, edit: Edit, complaint: string]>([
    [
      "an unknown key",
      [SCENARIO_FILE, "severity: SEV-3", "severitiy: SEV-3"],
      'buying.yaml:6:1: severitiy: unknown key "severitiy" (did you mean "severity"?)',
    ],
    [
      "a value that is not allowed",
      [SCENARIO_FILE, "difficulty: introductory", "difficulty: easy"],
      'buying.yaml:3:13: difficulty: "easy" is not allowed here (allowed: introductory, intermediate, advanced)',
    ],
    [
      "a missing value",
      [SCENARIO_FILE, "minutes: 20\n", ""],
      "buying.yaml:1:1: minutes: is missing (must be a whole number from 5 to 240)",
    ],
    [
      "a duration without a unit",
      [TOPOLOGY_FILE, "pool: 8, timeout: 1s }", "pool: 8, timeout: 250 }"],
      "topologies/tiny.yaml:23:33: services.edge.dependencies.shop.timeout: must be a duration above zero with a unit (us, ms, s, m, h, d), such as 250ms or 1m30s, not 250",
    ],
    [
      "a pool of none",
      [TOPOLOGY_FILE, "shop: { pool: 8", "shop: { pool: 0"],
      "topologies/tiny.yaml:23:21: services.edge.dependencies.shop.pool: must be a whole number from 1 to 10000, not 0",
    ],
    [
      "an unknown operation",
      [TOPOLOGY_FILE, "call: shop POST /orders", "call: shop POST /order"],
      'topologies/tiny.yaml:28:19: services.edge.operations["POST /buy"].steps[1].call: unknown operation of shop "POST /order" (did you mean "POST /orders"?)',
    ],
    [
      "an unknown query",
      [TOPOLOGY_FILE, "query: db insert-order", "query: db insert-orders"],
      'topologies/tiny.yaml:45:20: services.shop.operations["POST /orders"].steps[1].query: unknown query of db "insert-orders" (did you mean "insert-order"?)',
    ],
    [
      "a call without a policy",
      [TOPOLOGY_FILE, "db: { pool: 8, timeout: 1s, retry: { attempts: 2 } }", "{}"],
      'topologies/tiny.yaml:45:20: services.shop.operations["POST /orders"].steps[1].query: shop has no dependency "db" (add services.shop.dependencies.db with pool and timeout)',
    ],
    [
      "shares that do not sum to one",
      [TOPOLOGY_FILE, "share: 100%", "share: 90%"],
      "topologies/tiny.yaml:8:1: journeys: shares sum to 90 %, not 100 %",
    ],
    [
      "a step that does two things",
      [TOPOLOGY_FILE, "- query: db insert-order", "- { cpu: 1ms, query: db insert-order }"],
      'topologies/tiny.yaml:45:13: services.shop.operations["POST /orders"].steps[1]: a step does exactly one thing; this one says cpu and query (allowed: cpu, call, query, cache, external, publish, parallel)',
    ],
    [
      "calls in a circle",
      [TOPOLOGY_FILE, "- query: db insert-order", "- query: db insert-order\n          - call: shop POST /orders"],
      "calls run in a circle without end: shop POST /orders → shop POST /orders",
    ],
    [
      "a flag that is not there",
      [TOPOLOGY_FILE, "- call: shop POST /orders", "- { call: shop POST /orders, when: shop.sales }"],
      'unknown flag "shop.sales" (did you mean "shop.sale"?)',
    ],
    [
      "a fault class with a slip",
      [SCENARIO_FILE, "class: dependency/slow", "class: dependency/slwo"],
      'buying.yaml:22:12: faults[0].class: unknown fault class "dependency/slwo" (did you mean "dependency/slow"?)',
    ],
    [
      "a fault class that cannot be injected yet",
      [SCENARIO_FILE, "class: dependency/slow", "class: database/quorum-loss"],
      "faults[0].class: database/quorum-loss cannot be injected yet",
    ],
    [
      "a parameter in the wrong unit",
      [SCENARIO_FILE, "latency: 250ms", "latency: 250"],
      "buying.yaml:25:28: faults[0].parameters.latency: must be a duration such as 2s, not 250",
    ],
    [
      "two parameters of which one is to be given",
      [SCENARIO_FILE, "latency: 250ms", "latency: 250ms, factor: 3"],
      "faults[0].parameters: takes exactly one of latency and factor",
    ],
    [
      "a fault in a component that cannot have it",
      [SCENARIO_FILE, "class: dependency/slow", "class: resource/cpu-stress"],
      "faults[0].target: resource/cpu-stress does not sit in a store (it sits in: service)",
    ],
    [
      "an onset outside the recent part",
      [SCENARIO_FILE, "onset: -5m", "onset: -25m"],
      "buying.yaml:24:12: faults[0].onset: lies outside the recent part and the run, which go from -15m to +1h",
    ],
    [
      "a defect of a version without its deploy",
      [SCENARIO_FILE, "class: dependency/slow", "class: telemetry/label-cardinality"],
      "faults[0].trigger: is missing: telemetry/label-cardinality comes with a deploy of its target",
    ],
    [
      "an alert that is not in the rules",
      [SCENARIO_FILE, "alert: BuyFails", "alert: BuyFail"],
      'buying.yaml:9:16: page.alert: unknown alert rule "BuyFail" (did you mean "BuyFails"?)',
    ],
    [
      "a deploy from a version that is not running",
      [SCENARIO_FILE, "from: 2.0.0", "from: 1.9.9"],
      "buying.yaml:18:22: changes[0].version.from: shop runs 2.0.0 at that time, not 1.9.9",
    ],
    [
      "an action on a service that is not there",
      [SCENARIO_FILE, "service: shop }", "service: shp }"],
      'grading.reference[0].action.service: unknown service "shp" (did you mean "shop"?)',
    ],
    [
      "a rule with both names",
      [RULES_FILE, "- alert: BuyFails", "- alert: BuyFails\n        record: x"],
      "rules/tiny.yaml:4:9: groups[0].rules[0]: a rule says either alert or record",
    ],
    [
      "a rule with a duration in words",
      [RULES_FILE, "for: 1m", "for: one minute"],
      'rules/tiny.yaml:6:14: groups[0].rules[0].for: not a valid duration string: "one minute" (such as 30s or 5m)',
    ],
    [
      "a recorded name that is none",
      [RULES_FILE, "- alert: BuyFails", "- record: buy-fails"],
      "rules/tiny.yaml:4:17: groups[0].rules[0].record: invalid recording rule name: buy-fails (such as job:requests:rate5m)",
    ],
    [
      "a label that is none",
      [RULES_FILE, "for: 1m", 'for: 1m\n        labels: { "a b": c }'],
      'rules/tiny.yaml:7:19: groups[0].rules[0].labels["a b"]: invalid name: a b',
    ],
    [
      "a topology that is not there",
      [SCENARIO_FILE, "./topologies/tiny.yaml", "./topologies/tinny.yaml"],
      'buying.yaml:7:11: topology: there is no file topologies/tinny.yaml (did you mean "topologies/tiny.yaml"?)',
    ],
    [
      "a path out of the folder",
      [SCENARIO_FILE, "./topologies/tiny.yaml", "../../etc/passwd.yaml"],
      "topology: there is no file ../../etc/passwd.yaml (it lies outside the folder of scenarios)",
    ],
    ["broken YAML", [SCENARIO_FILE, "title: Buying is slow", "title: [Buying is slow"], "buying.yaml:2:1"],
    [
      "a key that stands twice",
      [SCENARIO_FILE, "minutes: 20", "minutes: 20\nminutes: 30"],
      "buying.yaml:5:1: Map keys must be unique",
    ],
  ])("%s", (_title, edit, complaint) => {
    const found = complaints(edit);
    expect(
      found.some((line) => line.includes(complaint)),
      found.join("\n"),
    ).toBe(true);
  });

  test("a load that cannot be served is an error with its figure", () => {
    expect(complaints([TOPOLOGY_FILE, "cpu: 5ms ~0.3", "cpu: 400ms"])).toEqual([
      "topologies/tiny.yaml:36:12: services.shop.cores: the cores of shop would be 200 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
    ]);
  });

  test("a resource that is nearly full is a warning, and the scenario still comes out", () => {
    const { scenario, diagnostics } = readScenario(
      smallFiles([TOPOLOGY_FILE, "cpu: 5ms ~0.3", "cpu: 160ms"]),
      SCENARIO_FILE,
    );
    expect(scenario).toBeDefined();
    expect(diagnostics.map(({ severity, path }) => ({ severity, path }))).toEqual([
      { severity: "warning", path: "services.shop.cores" },
    ]);
  });

  test("an expression is checked by the caller's parser", () => {
    const { diagnostics } = readScenario(smallFiles([RULES_FILE, "up == 0", "up =="]), SCENARIO_FILE, {
      checkExpression: (text) => (text.endsWith("==") ? [{ message: "unexpected end" }] : []),
    });
    expect(diagnostics.map(formatDiagnostic)).toEqual([
      "rules/tiny.yaml:5:15: groups[0].rules[0].expr: unexpected end",
    ]);
  });
});

describe("all mistakes at once", () => {
  test("of shape and of meaning, over all files, from top to bottom", () => {
    const found = complaints(
      [SCENARIO_FILE, "minutes: 20", "minutes: many"],
      [SCENARIO_FILE, "target: db", "target: dbb"],
      [SCENARIO_FILE, "service: shop }", "service: shp }"],
      [TOPOLOGY_FILE, "cpu: 1ms ~0.3", "cpu: fast"],
      [TOPOLOGY_FILE, "query: db insert-order", "query: db insert"],
      [TOPOLOGY_FILE, "share: 100%", "share: 80%"],
      [RULES_FILE, "for: 1m", "for: soon"],
    );
    expect(found.map((line) => line.split(": ").slice(0, 2).join(": "))).toEqual([
      "buying.yaml:4:10: minutes",
      "buying.yaml:23:13: faults[0].target",
      "buying.yaml:31:41: grading.reference[0].action.service",
      "topologies/tiny.yaml:8:1: journeys",
      'topologies/tiny.yaml:27:18: services.edge.operations["POST /buy"].steps[0].cpu',
      'topologies/tiny.yaml:45:20: services.shop.operations["POST /orders"].steps[1].query',
      "rules/tiny.yaml:6:14: groups[0].rules[0].for",
    ]);
  });

  test("mistakes of meaning are found beside a broken entry of a list", () => {
    const found = complaints(
      [SCENARIO_FILE, "skills: [traces]", "skills: [traces, 5]"],
      [SCENARIO_FILE, "target: db", "target: dbb"],
      [SCENARIO_FILE, "service: shop }", "service: shp }"],
    );
    expect(found.map((line) => line.split(": ").slice(0, 2).join(": "))).toEqual([
      "buying.yaml:5:18: skills[1]",
      "buying.yaml:23:13: faults[0].target",
      "buying.yaml:31:41: grading.reference[0].action.service",
    ]);
  });

  test("paths of later entries stay those of the file when an earlier one is broken", () => {
    const found = complaints([
      TOPOLOGY_FILE,
      "- cpu: 5ms ~0.3\n          - query: db insert-order",
      "- cpu: never\n          - cpu: 5ms\n          - query: db nothing",
    ]);
    expect(found.map((line) => line.split(": ")[1])).toEqual([
      'services.shop.operations["POST /orders"].steps[0].cpu',
      'services.shop.operations["POST /orders"].steps[2].query',
    ]);
  });

  test("a reference to an entry that is already complained about is not complained about again", () => {
    expect(complaints([TOPOLOGY_FILE, "version: 2.0.0", "version: [2]"])).toEqual([
      "topologies/tiny.yaml:33:14: services.shop.version: must be a text, not a list",
    ]);
  });
});

describe("hostile files", () => {
  test("a file over the limit is refused with the figure", () => {
    const files = new Map([[SCENARIO_FILE, "#".repeat(FILE_LIMITS.characters + 1)]]);
    const { diagnostics } = readScenario(files, SCENARIO_FILE);
    expect(diagnostics.map(({ message }) => message)).toEqual(["the file has 524289 characters, allowed 524288"]);
  });

  test("of very many mistakes the first are listed and the rest are counted", () => {
    const flags = Array.from({ length: 5_000 }, (_, index) => `  flag${String(index)}: 1`).join("\n");
    const found = complaints([TOPOLOGY_FILE, "flags:\n", `flags:\n${flags}\n`]);
    expect(found).toHaveLength(501);
    expect(found.at(-1)).toContain("flags.flag500: and 4500 more mistakes from here on");
  });

  test("a list that is too long says how long it may be", () => {
    expect(complaints([SCENARIO_FILE, "skills: [traces]", `skills: [${"a,".repeat(20_000)}]`])).toContain(
      "buying.yaml:5:1: skills: must have at most 10 entries",
    );
  });

  test("aliases that multiply are refused", () => {
    const levels = Array.from({ length: 9 }, (_, index) =>
      index === 0
        ? "a0: &a0 [x,x,x,x,x,x,x,x,x,x]"
        : `a${String(index)}: &a${String(index)} [${Array(10)
            .fill(`*a${String(index - 1)}`)
            .join(",")}]`,
    );
    const { diagnostics } = readScenario(new Map([[SCENARIO_FILE, levels.join("\n")]]), SCENARIO_FILE);
    expect(diagnostics.map(({ message }) => message)).toEqual(["aliases expand to more than 200 values"]);
  });

  test("deep nesting is refused and does not overflow", () => {
    for (const depth of [60, 100_000]) {
      const text = `title: ${"[".repeat(depth)}${"]".repeat(depth)}`;
      const { scenario, diagnostics } = readScenario(new Map([[SCENARIO_FILE, text]]), SCENARIO_FILE);
      expect(scenario).toBeUndefined();
      expect(diagnostics.length).toBeGreaterThan(0);
    }
  });

  test("keys that mean something to the language are ordinary unknown keys", () => {
    const found = complaints([
      SCENARIO_FILE,
      "title: Buying is slow",
      "title: Buying is slow\n__proto__: { a: 1 }\nconstructor: x",
    ]);
    expect(found.map((line) => line.split(": ").slice(0, 2).join(": "))).toEqual([
      "buying.yaml:2:1: __proto__",
      "buying.yaml:3:1: constructor",
    ]);
  });

  test.each(["", "42", "- a", "null", "\u0000"])("a file that is no map says so: %j", (text) => {
    const { diagnostics } = readScenario(new Map([[SCENARIO_FILE, text]]), SCENARIO_FILE);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: "error", line: 1, column: 1 });
  });

  test("a missing file says so", () => {
    expect(readTopology(new Map(), "x.yaml").diagnostics.map(formatDiagnostic)).toEqual([
      "x.yaml:1:1: the file does not exist",
    ]);
  });
});
