import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { METRIC_METADATA } from "../../server/topology/metric-metadata.js";
import { FIELD_OP, INSTRUCTION_SHIFT, OP_END, OP_FLAG } from "../../server/topology/program.js";
import { smallShop } from "../fixtures/small-shop.js";
import { at, deploy, external, fault, journey, model, ms, operation, service, topology } from "../fixtures/topology.js";
import { cell } from "../fixtures/span-rows.js";

describe("compileModel", () => {
  const compiled = model(smallShop());

  test("numbers everything by its place", () => {
    for (const list of [
      compiled.components,
      compiled.services,
      compiled.operations,
      compiled.instances,
      compiled.sites,
      compiled.logTemplates,
      compiled.targets,
    ]) {
      list.forEach(({ index }, place) => {
        expect(index).toBe(place);
      });
    }
  });

  test("gives a service room for three times its instances", () => {
    const names = compiled.instances
      .filter(({ component }) => component === "edge")
      .map(({ name, scrapeInstance }) => [name, scrapeInstance]);
    expect(names).toHaveLength(6);
    expect(names[1]).toEqual(["edge-1", "edge-1:9464"]);
  });

  test("series of targets fill the values without gap or overlap, each with job and instance, none twice", () => {
    let next = 0;
    for (const target of compiled.targets) {
      expect(target.valuesFrom).toBe(next);
      next += target.series.length;
      const names = new Set(
        target.series.map(({ name, labels }) => name + JSON.stringify(Object.entries(labels).sort())),
      );
      expect(names.size).toBe(target.series.length);
      expect(
        target.series.every(({ labels }) => labels.job === target.job && labels.instance === target.instance),
      ).toBe(true);
    }
    expect(next).toBe(compiled.valueCount);
  });

  test("every exposed name has its metadata", () => {
    const known = new Set(
      METRIC_METADATA.flatMap(({ name, type }) =>
        type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    );
    const exposed = new Set(compiled.targets.flatMap(({ series }) => series.map(({ name }) => name)));
    expect([...exposed].filter((name) => !known.has(name))).toEqual([]);
  });

  test("every operation ends; a flag that is off leads past its step", () => {
    const gated = service({
      id: "front",
      kind: "edge",
      operations: [
        operation({
          name: "GET /",
          steps: [
            {
              kind: "external",
              external: "bank",
              operation: "POST /charges",
              optional: false,
              flag: { name: "pay", is: true },
            },
          ],
        }),
      ],
    });
    const { code } = model(
      topology({
        rps: 1,
        services: [gated],
        externals: [external("bank", ms(1))],
        flags: [{ name: "pay", title: "", owner: "", initial: false, description: "" }],
        journeys: [journey("all", "front", "GET /")],
      }),
    ).program;
    const ops = Array.from({ length: code.length >> INSTRUCTION_SHIFT }, (_, index) =>
      cell(code, (index << INSTRUCTION_SHIFT) + FIELD_OP),
    );
    expect(ops[0]).toBe(OP_FLAG);
    expect(ops.at(-1)).toBe(OP_END);
  });

  test("variants share the code of operations that a fault does not touch", () => {
    const timeline = {
      changes: [deploy("order", at(0))],
      faults: [
        fault({
          class: "database/n-plus-one",
          target: "order",
          onset: at(0),
          trigger: "deploy-order",
          parameters: { query: "stock" },
        }),
      ],
    };
    const { program, operations } = model(smallShop(), timeline);
    const touched = operations.filter(
      ({ index }) => program.entries[index] !== program.entries[operations.length + index],
    );
    expect(touched.map(({ spec }) => spec.name)).toEqual(["POST /orders"]);
  });

  test("a target without a declared dependency gets a policy that holds nobody back", () => {
    const plain = model(smallShop()).dependencies.find(({ target }) => target === "events");
    expect(plain?.spec.retry.attempts).toBe(1);
    expect(plain?.spec.timeout).toBeGreaterThanOrEqual(duration(30_000_000));
  });
});
