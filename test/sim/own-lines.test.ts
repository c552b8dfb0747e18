/** What an operation writes of its own stands before the line of its access, which is the last one of the request. */
import { expect, test } from "vitest";
import { smallShop } from "../fixtures/small-shop.js";
import { cell } from "../fixtures/span-rows.js";
import { at, engine, model } from "../fixtures/topology.js";

test("the line of an access is written last", () => {
  const services = smallShop().services.map((service) => ({
    ...service,
    operations: service.operations.map((operation) => ({
      ...operation,
      logs: [{ when: "ok", level: "info", message: "own line" }] as const,
    })),
  }));
  const world = engine(model(smallShop({ services })));
  world.run(at(3));
  const { logs } = world;
  const lines = new Map<number, string[]>();
  for (let row = 0; row < logs.rows; row++) {
    const template = world.model.logTemplates[cell(logs.template, row)];
    if (template?.ofSpan !== true) continue;
    const subject = cell(logs.subject, row);
    lines.set(subject, [...(lines.get(subject) ?? []), template.message]);
  }
  const withOwn = [...lines.values()].filter((texts) => texts.includes("own line"));
  expect(withOwn.length).toBeGreaterThan(50);
  for (const texts of withOwn) expect(texts.indexOf("own line")).toBeLessThan(texts.length - 1);
});
