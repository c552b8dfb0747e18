import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seedKeys } from "../../server/base/draw.js";
import { attributesOf } from "../../server/sim/span-attributes.js";
import { requestOfTraceId, spanIdOf, spanOfSpanId, traceIdOf } from "../../server/sim/span-ids.js";
import { SPAN_CHUNK_MASK } from "../../server/sim/span-table.js";
import { smallShop } from "../fixtures/small-shop.js";
import { cell } from "../fixtures/span-rows.js";
import { at, deploy, engine, model } from "../fixtures/topology.js";

const keys = seedKeys("ids");

describe("ids", () => {
  test("a trace id is 32 hex digits and names its request", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (request) => {
        const id = traceIdOf(keys, request);
        return /^[0-9a-f]{32}$/.test(id) && requestOfTraceId(keys, id) === request;
      }),
    );
  });

  test("a span id is 16 hex digits and names segment and row", () => {
    fc.assert(
      fc.property(fc.constantFrom<0 | 1>(0, 1), fc.integer({ min: 0, max: 0x7fff_ffff }), (segment, row) => {
        const found = spanOfSpanId(keys, spanIdOf(keys, segment, row));
        return found?.segment === segment && found.row === row;
      }),
    );
  });

  test.each(["", "xyz", "0".repeat(32), "F".repeat(32), traceIdOf(seedKeys("other"), 5)])(
    "%j is no trace of this world",
    (id) => {
      expect(requestOfTraceId(keys, id)).toBeUndefined();
    },
  );
});

describe("attributes", () => {
  test("say who, what and which version, the same for all spans of a request", () => {
    const world = engine(model(smallShop(), { changes: [deploy("order", at(0))] }));
    world.run(at(90));
    const names = new Set<string>();
    const users = new Map<number, unknown>();
    for (let row = 0; row < world.spans.rows; row += 7) {
      const attributes = attributesOf(world.model, world.draws, world.spans, row, world.versions);
      const chunk = world.spans.chunkAt(row);
      const index = row & SPAN_CHUNK_MASK;
      const request = cell(chunk.request, index);
      Object.keys(attributes).forEach((name) => names.add(name));
      if (attributes["user.id"] !== undefined) {
        expect(users.get(request) ?? attributes["user.id"]).toBe(attributes["user.id"]);
        users.set(request, attributes["user.id"]);
      }
      if (cell(chunk.startUs, index) > at(60) && String(attributes["service.instance.id"]).startsWith("order-")) {
        expect(attributes["service.version"]).toBe("1.1.0");
      }
    }
    for (const name of [
      "user.id",
      "app.cart.items",
      "http.response.status_code",
      "db.query.text",
      "db.response.returned_rows",
      "messaging.destination.name",
    ]) {
      expect(names).toContain(name);
    }
  });
});
