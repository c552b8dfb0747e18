import { describe, expect, it } from "vitest";
import { checkRuleGroups } from "../../server/alerting/rule-check.js";
import { RuleEvaluator } from "../../server/alerting/rule-evaluator.js";
import { groupedQuery, sloLedgers } from "../../server/alerting/slo-ledger.js";
import { checkSlos, SloMeter } from "../../server/alerting/slo.js";
import { duration } from "../../server/base/time.js";
import { sloRules } from "../../server/topology/slo-rules.js";
import type { SloSpec } from "../../server/topology/types.js";
import { memoryOf } from "../fixtures/metric-memory.js";

const slo: SloSpec = {
  id: "checkout-availability",
  title: "Checkouts succeed",
  objective: 0.99,
  window: duration(30 * 86_400_000_000),
  errorQuery: 'sum(rate(requests_total{code="500"}[$window])) or vector(0)',
  totalQuery: "sum(rate(requests_total[$window]))",
  budgetUsedBefore: 0.4,
};

const HOUR = 3_600_000;
const healthy = 'requests_total{code="200"} 0+60x120';

describe("SloMeter", () => {
  it("tells burn rates as far as the data reach", () => {
    // One request in ten fails: ten times what the objective allows.
    const reader = memoryOf(`load 1m\n requests_total{code="200"} 0+54x120\n requests_total{code="500"} 0+6x120`);
    const [status] = new SloMeter([slo], reader).statuses(HOUR, 0);
    const rates = Object.fromEntries(status?.burnRates.map(({ window, rate }) => [window, rate]) ?? []);
    expect(rates["5m"]).toBeCloseTo(10);
    expect(rates["1h"]).toBeCloseTo(10);
    expect(rates["6h"]).toBeUndefined();
    // An hour at ten is 10 of the 720 hours of the window.
    expect(status?.budgetLeft).toBeCloseTo(0.6 - 10 / 720);
    expect((status?.exhaustedAtUs ?? 0) / 1000).toBeCloseTo(HOUR + (0.6 - 10 / 720) * 72 * HOUR, -3);
  });

  it("does not run out while nothing fails", () => {
    const [status] = new SloMeter([slo], memoryOf(`load 1m\n ${healthy}`)).statuses(HOUR, 0);
    expect(status).toMatchObject({ budgetLeft: 0.6, windowDays: 30, objective: 0.99 });
    expect(status?.exhaustedAtUs).toBeUndefined();
    expect(status?.burnRates[0]).toEqual({ window: "5m", rate: 0 });
  });

  it("has no rate where nothing was asked", () => {
    const [status] = new SloMeter([slo], memoryOf("load 1m\n other 1x60")).statuses(HOUR, 0);
    expect(status?.burnRates.every(({ rate }) => rate === undefined)).toBe(true);
  });
});

describe("sloRules", () => {
  const rules = sloRules(slo);

  it("are rules that check", () => {
    expect(checkRuleGroups(rules)).toEqual([]);
    expect(checkSlos([slo])).toEqual([]);
    expect(checkSlos([{ ...slo, errorQuery: "sum(" }])[0]).toMatchObject({ path: "slos[0].errorQuery" });
  });

  it("page when both windows burn, and not while only the short one does", () => {
    const fired = (series: string): string[] => {
      const memory = memoryOf(`load 1m\n${series}`);
      const evaluator = new RuleEvaluator({
        groups: rules,
        reader: memory,
        append: (labels, timeMs, value) => {
          memory.append(labels, timeMs, value);
        },
      });
      evaluator.iterate(2 * HOUR, true);
      return evaluator
        .alerts()
        .rules.filter(({ state }) => state === "firing")
        .map(({ name, labels }) => `${name} ${labels?.["sloth_severity"] ?? ""}`);
    };
    expect(fired(` ${healthy}`)).toEqual([]);
    expect(fired(` ${healthy}\n requests_total{code="500"} 0+20x120`)).toEqual([
      "CheckoutAvailabilityBudgetBurns page",
      "CheckoutAvailabilityBudgetBurns ticket",
    ]);
    // At seven times the rate only the pair of six hours is over its threshold.
    expect(fired(` ${healthy}\n requests_total{code="500"} 0+4.5x120`)).toEqual([
      "CheckoutAvailabilityBudgetBurns page",
      "CheckoutAvailabilityBudgetBurns ticket",
    ]);
    expect(fired(` ${healthy}\n requests_total{code="500"} 0+1.2x120`)).toEqual([
      "CheckoutAvailabilityBudgetBurns ticket",
    ]);
    // Three minutes of total failure: the hour as a whole is at 5 %, the budget of three days goes on burning.
    expect(fired(` ${healthy}\n requests_total{code="500"} 0x116 60 120 180 180`)).toEqual([
      "CheckoutAvailabilityBudgetBurns ticket",
    ]);
  });
});

describe("sloLedgers", () => {
  const memory = memoryOf(`load 1m
    requests_total{code="200",zone="a"} 0+60x120
    requests_total{code="200",zone="b"} 0+60x60 3600x59
    requests_total{code="500",zone="b"} 0x60 60+60x59`);
  const alerts = [
    {
      group: `sloth-slo-alerts-${slo.id}`,
      name: "CheckoutAvailabilityBudgetBurns",
      labels: { sloth_severity: "page" },
      state: "firing",
    },
  ] as unknown as Parameters<typeof sloLedgers>[3];
  const [ledger] = sloLedgers([slo], memory, { fromMs: 0, nowMs: 2 * HOUR }, alerts);

  it("counts events, what they spend and what is left", () => {
    expect(ledger?.total).toBeCloseTo(14_400, -2);
    expect(ledger?.bad).toBeCloseTo(3_600, -2);
    // A quarter is 25 times what the objective allows: 2 of 720 hours at 25.
    expect(ledger?.spentKnown).toBeCloseTo(50 / 720, 2);
    expect(ledger?.left).toBeCloseTo(0.6 - 50 / 720, 2);
    expect(ledger?.allowed).toBeCloseTo(0.01 * 14_400 * 360, -4);
    expect(ledger).toMatchObject({ spentBefore: 0.4, windowDays: 30, fromUs: 0, toUs: 2 * HOUR * 1_000 });
  });

  it("has figures for windows as far as the data reach, and when each rate ends the budget", () => {
    const byName = new Map(ledger?.windows.map((window) => [window.window, window]));
    expect([...byName.keys()]).toEqual(["5m", "30m", "1h", "6h", "3d"]);
    expect(byName.get("1h")?.burnRate).toBeCloseTo(50);
    expect(byName.get("1h")?.spent).toBeCloseTo(50 / 720, 3);
    const left = ledger?.left ?? 0;
    expect((byName.get("5m")?.exhaustedAtUs ?? 0) / 3.6e9).toBeCloseTo(2 + (left * 720) / 50, 1);
    expect(byName.get("6h")).toEqual({ window: "6h", windowUs: 21_600_000_000 });
  });

  it("says that a window within another has spent no more than that one, however few were served in it", () => {
    const outage = memoryOf(`load 1m
      requests_total{code="200"} 0+60x110 6600x10
      requests_total{code="500"} 0x110 0+6x10`);
    const [told] = sloLedgers([slo], outage, { fromMs: 0, nowMs: 2 * HOUR }, alerts);
    const spent = ["5m", "30m", "1h"].map((name) => told?.windows.find(({ window }) => window === name)?.spent ?? NaN);
    expect(spent[0]).toBeGreaterThan(0);
    expect(spent[1]).toBeGreaterThan(spent[0] ?? NaN);
    expect(spent[2]).toBeCloseTo(spent[1] ?? NaN, 3);
    expect(told?.spentKnown).toBeCloseTo(spent[2] ?? NaN, 3);
  });

  it("tells what the objective's rules record, which know the covered time only", () => {
    expect(ledger?.recordedLeft).toBeUndefined();
    const recorded = memoryOf(`load 1m
      requests_total{code="200"} 0+60x120
      slo:period_error_budget_remaining:ratio{sloth_id="checkout-availability"} -24x120
      slo:period_error_budget_remaining:ratio{sloth_id="another"} 1x120`);
    const [told] = sloLedgers([slo], recorded, { fromMs: 0, nowMs: 2 * HOUR }, alerts);
    expect(told?.recordedLeft).toEqual({
      query: 'slo:period_error_budget_remaining:ratio{sloth_id="checkout-availability"}',
      value: -24,
    });
    expect(told?.left).toBe(0.6);
  });

  it("says who spent it", () => {
    const rowsOf = (label: string) =>
      ledger?.dimensions
        .find((dimension) => dimension.label === label)
        ?.rows.map(({ value, bad, total }) => [value, Math.round(bad / 100), Math.round(total / 100)]);
    expect(rowsOf("zone")).toEqual([
      ["b", 36, 72],
      ["a", 0, 72],
    ]);
    expect(rowsOf("code")).toEqual([
      ["500", 36, 36],
      ["200", 0, 108],
    ]);
    expect(ledger?.dimensions[0]?.rows[0]?.spent).toBeCloseTo(ledger?.spentKnown ?? 0, 2);
  });

  it("draws the budget's course down to what is left", () => {
    const course = ledger?.course ?? [];
    expect(course.at(0)).toMatchObject({ left: 0.6 });
    expect(course.at(-1)?.left).toBeCloseTo(ledger?.left ?? NaN, 10);
    expect(course.at(-1)?.atUs).toBe(2 * HOUR * 1_000);
    const half = course.find(({ atUs }) => atUs >= HOUR * 1_000);
    expect(half?.left).toBeCloseTo(0.6, 2);
    expect(course.map(({ left }) => left)).toEqual(course.map(({ left }) => left).sort((a, b) => b - a));
  });

  it("has the rates of windows that the data do not fill from what there is, as the rules do", () => {
    const [hour, quarter] = ledger?.pairs ?? [];
    expect(hour?.longRate).toBeCloseTo(50);
    expect(hour?.coveredUs).toBeUndefined();
    expect(quarter?.longRate).toBeCloseTo(25, 0);
    expect(quarter?.coveredUs).toBe(7_200_000_000);
  });

  it("tells the state of the rules that watch it", () => {
    expect(ledger?.pairs.map(({ long, short, rate, severity, state }) => [long, short, rate, severity, state])).toEqual(
      [
        ["1h", "5m", 14.4, "page", "firing"],
        ["6h", "30m", 6, "page", "firing"],
        ["3d", "6h", 1, "ticket", undefined],
      ],
    );
  });

  it("is empty where nothing is known", () => {
    const [empty] = sloLedgers([slo], memoryOf("load 1m\n other 1x60"), { fromMs: 0, nowMs: HOUR }, []);
    expect(empty).toMatchObject({ total: 0, bad: 0, spentKnown: 0, left: 0.6, dimensions: [] });
    const [young] = sloLedgers([slo], memory, { fromMs: HOUR, nowMs: HOUR }, []);
    expect(young).toMatchObject({ total: 0, allowed: 0, course: [{ left: 0.6 }] });
  });

  it.each([
    ["sum(rate(x[5m])) or vector(0)", "sum by (zone) (rate(x[5m])) or vector(0)"],
    ["sum by (job) (rate(x[5m]))", "sum by (job, zone) (rate(x[5m]))"],
    ["sum without (pod, zone) (x)", "sum without (pod) (x)"],
    ["sum(x) - on () sum(y)", "sum by (zone) (x) - on (zone) sum by (zone) (y)"],
    ["clamp_min(sum(sum by (pod) (x)), 0)", "clamp_min(sum by (zone) (sum by (pod, zone) (x)), 0)"],
  ])("splits %s by a label", (query, expected) => {
    expect(groupedQuery(query, "zone")).toBe(expected);
  });
});
