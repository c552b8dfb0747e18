import { beforeAll, describe, expect, test } from "vitest";
import { milliseconds } from "../../server/base/time.js";
import type { WorldAction } from "../../server/sim/timeline.js";
import { PLAY_TIME_LIMIT_MS, play, type Play } from "./play.js";

const CHECKOUT = "POST /checkout";

describe("a silently slow payment provider", () => {
  let world: Play;
  beforeAll(() => {
    world = play("checkout-errors", { faultsOn: true, from: -15 }).run(4);
  }, PLAY_TIME_LIMIT_MS);

  test("pages within three minutes of the onset and before the learner begins", () => {
    const firedAt = world.firedAt("CheckoutErrorBudgetBurn");
    expect(firedAt).toBeGreaterThan(-4);
    expect(firedAt).toBeLessThanOrEqual(-1);
    expect(world.rules.alerts().rules.find(({ name }) => name === "CheckoutErrorBudgetBurn")?.state).toBe("firing");
  });

  test("most checkouts fail slowly, two hops and more above; product pages are well", () => {
    const before = world.shop(CHECKOUT, -14, -4.2);
    const after = world.shop(CHECKOUT, -3, 3);
    expect(before.failedRatio).toBeLessThan(0.01);
    expect(before.latencyMsP99).toBeLessThan(500);
    expect(after.failedRatio).toBeGreaterThan(0.6);
    expect(after.latencyMsP50).toBeGreaterThan(4_000);
    const pages = world.shop("GET /products/{id}", -3, 3);
    expect(pages.failedRatio).toBeLessThan(0.001);
    expect(pages.latencyMsP50).toBeLessThan(120);
  });

  test("payment's calls to the provider go from 50 ms to timeouts at one second, three in a row", () => {
    const isProviderCall = ({ component, peer }: { component: string; peer: string | undefined }) =>
      component === "payment" && peer === "payment-provider";
    const before = world
      .spans(-14, -4.2, isProviderCall)
      .map(({ durationMs }) => durationMs)
      .sort((a, b) => a - b);
    expect(before[Math.floor(before.length / 2)]).toBeGreaterThan(40);
    expect(before[Math.floor(before.length / 2)]).toBeLessThan(60);
    const after = world.spans(-3, 3, isProviderCall);
    const timedOut = after.filter(({ status }) => status === "client-timeout");
    expect(timedOut.length / after.length).toBeGreaterThan(0.8);
    for (const { durationMs } of timedOut) expect(durationMs).toBeCloseTo(1_000, 0);
    expect(new Set(timedOut.map(({ attempt }) => attempt))).toEqual(new Set([0, 1, 2]));
  });

  test("workers and pools fill up: payment queues, order waits for its pool, past orders suffer", () => {
    expect(world.query('sum(rate(http_client_retries_total{job="payment"}[2m]))')).toBeGreaterThan(1);
    expect(
      world.query('sum(max_over_time(worker_pool_usage{job="payment"}[4m])) / sum(worker_pool_limit{job="payment"})'),
    ).toBeGreaterThan(0.9);
    expect(world.shop("GET /orders", -3, 3).latencyMsP99).toBeGreaterThan(1_000);
  });

  test("nothing sits on the cart, which was deployed ten minutes before the onset", () => {
    const cart = (from: number, to: number) => {
      const spans = world.spans(from, to, ({ component, kind }) => component === "cart" && kind === "server");
      return spans.reduce((sum, { durationMs }) => sum + durationMs, 0) / spans.length;
    };
    expect(cart(-3, 3) / cart(-14.9, -14)).toBeLessThan(1.15);
  });
});

describe("what a responder can do about it", { timeout: PLAY_TIME_LIMIT_MS }, () => {
  const after = (...actions: readonly WorldAction[]) => {
    const world = play("checkout-errors", { faultsOn: true, from: -5 })
      .run(0)
      .act(...actions)
      .run(5);
    return { checkout: world.shop(CHECKOUT, 2, 4.8), orders: world.shop("GET /orders", 2, 4.8), world };
  };

  test("the flag gives customers their checkout back", () => {
    const { checkout, orders, world } = after({ kind: "set-flag", flag: "checkout.deferred-payment", value: true });
    expect(checkout.failedRatio).toBeLessThan(0.01);
    expect(checkout.latencyMsP50).toBeLessThan(250);
    expect(orders.latencyMsP99).toBeLessThan(300);
    expect(world.query('sum(rate(messaging_client_sent_messages_total{job="order"}[2m]))')).toBeGreaterThan(3);
  });

  test("failing fast frees the workers for past orders, checkouts still fail", () => {
    const retry = { attempts: 1, backoff: milliseconds(100), multiplier: 2, jitter: 0.2 };
    const { checkout, orders } = after({ kind: "set-retry", service: "payment", target: "payment-provider", retry });
    expect(checkout.failedRatio).toBeGreaterThan(0.6);
    expect(orders.latencyMsP99).toBeLessThan(1_000);
  });

  test("rolling the cart back changes nothing", () => {
    expect(after({ kind: "rollback", change: "cart-2-9-4" }).checkout.failedRatio).toBeGreaterThan(0.6);
  });

  test("restarting payment changes nothing", () => {
    expect(after({ kind: "restart", service: "payment" }).checkout.failedRatio).toBeGreaterThan(0.6);
  });
});
