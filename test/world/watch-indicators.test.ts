import { expect, test } from "vitest";
import type { Action } from "../../server/wire/actions.js";
import { ActionRefused } from "../../server/world/handle.js";
import { smallWorld } from "../fixtures/small-world.js";

test("the indicator of every plan has data before anything is done", () => {
  const world = smallWorld(60);
  const { services, flags, operations } = world.queries.catalogue();
  const actions: readonly Action[] = [
    ...services.flatMap(({ id, dependencies }): readonly Action[] => [
      { kind: "restart", service: id },
      ...dependencies.map(({ target, timeout }) => ({
        kind: "set-timeout" as const,
        service: id,
        target,
        timeout: timeout + 1_000,
      })),
    ]),
    ...flags.map(({ name, value }) => ({ kind: "set-flag" as const, flag: name, value: !value })),
    ...operations.flatMap(({ name, targets, parameters }) =>
      targets.slice(0, 2).map((target, index) => ({
        kind: "operate" as const,
        operation: name,
        target,
        values: Object.fromEntries(parameters.map((one) => [one.name, one.choices?.[index]?.[0] ?? one.defaultValue])),
      })),
    ),
  ];
  const seconds = world.nowUs / 1e6;
  const empty: string[] = [];
  let planned = 0;
  for (const action of actions) {
    const plan = planOf(action);
    if (plan === undefined) continue;
    planned++;
    for (const query of [plan.watchQuery, ...(plan.watchAlso === undefined ? [] : [plan.watchAlso.query])]) {
      const { body } = world.queries.prometheus("query_range", {
        query: [query],
        start: [String(seconds - 300)],
        end: [String(seconds)],
        step: ["15"],
      });
      if ((body as { readonly data: { readonly result: readonly unknown[] } }).data.result.length === 0)
        empty.push(query);
    }
  }
  expect(planned).toBeGreaterThan(5);
  expect(empty).toEqual([]);

  function planOf(action: Action): ReturnType<typeof world.queries.plan> | undefined {
    try {
      return world.queries.plan(action);
    } catch (error) {
      if (error instanceof ActionRefused) return undefined;
      throw error;
    }
  }
});
