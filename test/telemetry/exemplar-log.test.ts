import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExemplarLog } from "../../server/telemetry/exemplar-log.js";

const LIMIT = 1_500;

const logOf = (limit: number): ExemplarLog =>
  new ExemplarLog((row) => ({ traceId: "t", spanId: String(row), valueSeconds: 0, timeMs: row }), limit);

describe("the exemplar buffer", () => {
  it("holds the newest entries of all series, whatever has grown or wrapped", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 1, max: 5 }), (entries, series) => {
        const log = logOf(LIMIT);
        for (let row = 0; row < entries; row++) log.append(row % series, row, row);
        const kept = Array.from({ length: Math.min(entries, LIMIT) }, (_, i) => entries - Math.min(entries, LIMIT) + i);
        for (let ref = 0; ref < series; ref++) {
          const expected = kept.filter((row) => row % series === ref);
          expect(log.read(ref, 0, Infinity).map(({ timestampMs }) => timestampMs)).toEqual(expected);
        }
        expect([...log.export().row]).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  });
});
