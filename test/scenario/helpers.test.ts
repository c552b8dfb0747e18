import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resourceUses } from "../../server/scenario/capacity.js";
import { readTopology } from "../../server/scenario/read-scenario.js";
import { nearestName } from "../../server/base/nearest-name.js";
import { suggest } from "../../server/scenario/suggest.js";
import { formatPath } from "../../server/scenario/source-document.js";
import { textDigest } from "../../server/scenario/text-digest.js";
import { TOPOLOGY_FILE, smallFiles } from "./small-files.js";

test("the digest is SHA-256 of the UTF-8 form", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(textDigest(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
    }),
  );
});

describe("suggestions", () => {
  test("the nearest name within a few edits is proposed", () => {
    expect(nearestName("catalouge", ["cart", "catalogue", "category"])).toBe("catalogue");
    expect(nearestName("paymnet", ["payment", "order"])).toBe("payment");
  });

  test("without one near the known names are listed, not all of many", () => {
    expect(suggest("zebra", ["cart", "order"])).toBe('known: "cart", "order"');
    expect(
      suggest(
        "zebra",
        Array.from({ length: 15 }, (_, index) => `name-${String(index)}`),
      ),
    ).toContain("and 3 more");
    expect(suggest("zebra", [])).toBeUndefined();
  });
});

test("paths are printed as one would write them", () => {
  expect(formatPath(["services", "api-gateway", "operations", "POST /x", "steps", 2, "call"])).toBe(
    'services.api-gateway.operations["POST /x"].steps[2].call',
  );
});

test("resource use follows the utilisation law", () => {
  const { topology } = readTopology(smallFiles([TOPOLOGY_FILE, "cpu: 5ms ~0.3", "cpu: 50ms"]), TOPOLOGY_FILE);
  if (topology === undefined) throw new Error("the small topology does not read");
  const use = (component: string, resource: string) =>
    resourceUses(
      topology,
      topology.journeys.map(({ share }) => 10 * share),
    ).find((found) => found.component === component && found.resource === resource)?.utilisation;
  // 10 requests/s × 50 ms on 2 instances with 1 core each.
  expect(use("shop", "cores")).toBeCloseTo(0.25, 6);
  // 10/s × 1 ms on 2 cores.
  expect(use("db", "cores")).toBeCloseTo(0.005, 6);
  // 50 ms, a query of 1 ms + 4 ms·e^(0.3²/2), two hops of 300 µs·e^(0.3²/2), on 2 × 8 workers.
  const spread = Math.exp(0.045);
  expect(use("shop", "workers")).toBeCloseTo((10 * (0.05 + 0.001 + 0.004 * spread + 0.0006 * spread)) / 16, 6);
});
