/** What topologies declare about users: shares, the same for every request of a user, in spans and in scopes of faults. */
import { expect, test } from "vitest";
import { ZipfTable } from "../../../server/base/zipf.js";
import { drawsFor } from "../../../server/sim/load-sources.js";
import { attributesOf } from "../../../server/sim/span-attributes.js";
import { crowdedShop } from "../../fixtures/crowded-shop.js";
import { spanRows } from "../../fixtures/span-rows.js";
import { at, engine, fault, model } from "../../fixtures/topology.js";

const shop = crowdedShop();
const compiled = model(shop);
const REQUESTS = 60_000;
/** Numbers of usual arrivals, 5,000 a second. */
const numberOf = (index: number): number => Math.floor(index / 5_000) * 32_768 + (index % 5_000);

function sharesOf(name: string, of: (request: number) => number, count: number): number[] {
  expect(name).not.toBe("");
  const counts = new Array<number>(count).fill(0);
  for (let index = 0; index < REQUESTS; index++) {
    const place = of(numberOf(index));
    counts[place] = (counts[place] ?? 0) + 1 / REQUESTS;
  }
  return counts;
}

test("shares of requests are those of the declaration, tenants follow their Zipf law", () => {
  const draws = drawsFor(compiled, "shares", undefined);
  const devices = sharesOf("device", (request) => draws.propertyOf("device", request), 3);
  const regions = sharesOf("region", (request) => draws.regionIndexOf(request), 3);
  // Users differ in how much they do, so shares of requests scatter more than shares of users.
  [0.55, 0.4, 0.05].forEach((share, place) => expect(Math.abs((devices[place] ?? NaN) - share)).toBeLessThan(0.03));
  [0.5, 0.35, 0.15].forEach((share, place) => expect(Math.abs((regions[place] ?? NaN) - share)).toBeLessThan(0.03));
  const tenants = sharesOf("tenant", (request) => draws.tenantOf(request), 40);
  const zipf = new ZipfTable(40, 1);
  tenants.slice(0, 5).forEach((share, tenant) => expect(Math.abs(share - zipf.shareOf(tenant))).toBeLessThan(0.03));
});

test("a user has one tenant, one device and one region, whatever the request", () => {
  const draws = drawsFor(compiled, "one user", undefined);
  const seen = new Map<number, string>();
  for (let index = 0; index < 20_000; index++) {
    const request = numberOf(index);
    const what = [draws.tenantOf(request), draws.propertyOf("locale", request), draws.regionIndexOf(request)].join();
    const user = draws.userOf(request);
    expect(seen.get(user) ?? what).toBe(what);
    seen.set(user, what);
  }
  expect(seen.size).toBeGreaterThan(1_000);
});

test("a fault that is scoped to a locale fails its users and nobody else", () => {
  const broken = fault({
    class: "code/exception",
    target: "cart",
    onset: at(0),
    parameters: { ratio: 1, operation: "POST /carts/{userId}/items" },
    scope: { locale: "de-DE" },
  });
  const world = engine(model(shop, { faults: [broken] }));
  world.run(at(60));
  let failed = 0;
  let strangers = 0;
  for (const row of spanRows(world).keys()) {
    const attributes = attributesOf(world.model, world.draws, world.spans, row);
    if (attributes["http.route"] !== "/carts/{userId}/items" || attributes["app.cart.items"] === undefined) continue;
    const hit = attributes["http.response.status_code"] === 500;
    const ownErrors = 0.0002;
    if (attributes["user.locale"] === "de-DE") expect(hit).toBe(true);
    else if (hit) strangers++;
    expect(strangers).toBeLessThanOrEqual(Math.ceil(1_000 * ownErrors) + 1);
    if (hit) failed++;
    expect(attributes["tenant.id"]).toMatch(/^acct-1\d\d$/);
    expect(["free", "pro", "enterprise"]).toContain(attributes["tenant.plan"]);
  }
  expect(failed).toBeGreaterThan(30);
});

test("a scope that the topology knows nothing of is refused", () => {
  const scoped = (locale: string) =>
    fault({ class: "code/exception", target: "cart", onset: at(0), parameters: { ratio: 1 }, scope: { locale } });
  expect(() => model(shop, { faults: [scoped("xx-XX")] })).toThrow("there is no locale xx-XX");
});
