import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBuckets } from "../../../server/sim/resilience/token-buckets.js";

/** The same by keeping every admission: one is let through when every interval that ends now has room for it. */
function slowAdmissions(instants: readonly number[], perSecond: number, burst: number): readonly boolean[] {
  const admitted: number[] = [];
  return instants.map((nowUs) => {
    const begins = [...admitted, nowUs];
    const fits = begins.every((fromUs, index) => {
      const within = admitted.length - index + 1;
      return within <= burst + ((nowUs - fromUs) * perSecond) / 1e6 + 1e-6;
    });
    if (fits) admitted.push(nowUs);
    return fits;
  });
}

test("what a bucket admits in any time t is at most burst + rate · t, and no request is refused that would fit", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(400_000), { maxLength: 80 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 8 }),
      (pausesUs, perSecond, burst) => {
        const buckets = new TokenBuckets(1);
        let nowUs = 0;
        const instants = pausesUs.map((pause) => (nowUs += pause));
        const admitted = instants.map((instant) => buckets.take(0, perSecond, burst, instant));
        expect(admitted).toEqual(slowAdmissions(instants, perSecond, burst));
      },
    ),
    { numRuns: 200 },
  );
});

test("an empty bucket says when it has a token again", () => {
  const buckets = new TokenBuckets(1);
  expect(buckets.take(0, 4, 1, 0)).toBe(true);
  expect(buckets.take(0, 4, 1, 0)).toBe(false);
  expect(buckets.waitUs(0, 4)).toBe(250_000);
  expect(buckets.take(0, 4, 1, 250_000)).toBe(true);
});
