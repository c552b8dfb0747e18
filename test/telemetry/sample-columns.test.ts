import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockCodec } from "../../server/telemetry/block-codec.js";
import { STALE_MARKER } from "../../server/telemetry/metric-reader.js";
import { SampleColumns } from "../../server/telemetry/sample-columns.js";

const odd = fc.constantFrom(0, -0, NaN, Infinity, -Infinity, STALE_MARKER, 2 ** 31, 2 ** 53, -(2 ** 40), 0.1, 1e-300);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 2, arbitrary: fc.integer() },
  { weight: 1, arbitrary: fc.double() },
  { weight: 1, arbitrary: odd },
);
/** A counter, a gauge, what stands still, and anything. */
const block = (rows: number): fc.Arbitrary<number[]> =>
  fc.oneof(
    fc
      .array(fc.nat(300), { minLength: rows, maxLength: rows })
      .map((steps) => steps.map((_, at) => steps.slice(0, at + 1).reduce((sum, step) => sum + step, 1e6))),
    fc.array(fc.double({ noNaN: true }), { minLength: rows, maxLength: rows }),
    value.map((all) => new Array<number>(rows).fill(all)),
    fc.array(value, { minLength: rows, maxLength: rows }),
  );

describe("a block", () => {
  it("gives back what was put in, whole and in part", () => {
    const codec = new BlockCodec();
    const cases = fc
      .constantFrom(1, 2, 16, 17, 128)
      .chain((rows) => fc.tuple(block(rows), block(rows), fc.nat(rows - 1)));
    fc.assert(
      fc.property(cases, ([left, right, from]) => {
        codec.encode(Float64Array.from(left), 0, left.length);
        const second = codec.length;
        codec.encode(Float64Array.from(right), 0, right.length);
        const bytes = codec.take();
        const out = new Float64Array(right.length);
        codec.decode(bytes, 0, 0, left.length, out, 0);
        expect([...out]).toEqual(left);
        codec.decode(bytes, second, from, right.length, out, from);
        expect([...out.subarray(from)]).toEqual(right.slice(from));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["a series that stands still", (): number => 1_234, 4],
    ["a counter of a steady pace", (row: number): number => 1_000 + row * 15, 4 + 8 * 2],
    ["a counter of small steps", (row: number): number => 5e6 + row * 20 + (row % 4), 5 + 8 * (2 + 6)],
    ["one that is not there", (): number => STALE_MARKER, 1],
  ])("of %s is small", (_, at, bytesMost) => {
    const codec = new BlockCodec();
    codec.encode(
      Float64Array.from({ length: 128 }, (_value, row) => at(row)),
      0,
      128,
    );
    expect(codec.length).toBeLessThanOrEqual(bytesMost);
  });
});

describe("the columns of a target", () => {
  const columnsOf = (): SampleColumns => new SampleColumns(new BlockCodec());
  const wave = (slot: number, row: number): number => (slot % 2 === 0 ? row * slot : Math.sin(row + slot));

  it("give each series its samples, wherever they lie, and markers where it has none", () => {
    const columns = columnsOf();
    const rows = 16 * 8 * 2 + 16 * 3 + 5;
    for (let row = 0; row < rows; row++) {
      // A new series every forty scrapes; every seventh scrape of the odd ones is missing.
      if (row % 40 === 0) columns.addSlot();
      for (let slot = 0; slot * 40 <= row; slot++)
        if (slot % 2 === 0 || row % 7 !== 0) columns.put(slot, row, wave(slot, row));
    }
    const wanted = (slot: number, row: number): number =>
      row < slot * 40 || (slot % 2 === 1 && row % 7 === 0) ? STALE_MARKER : wave(slot, row);
    const windows: readonly (readonly [number, number])[] = [
      [0, rows],
      [3, 17],
      [120, 260],
      [250, 290],
      [rows - 4, rows],
      [40, 40],
    ];
    for (const [from, to] of windows) {
      for (let slot = 0; slot * 40 < rows; slot++) {
        const out = new Float64Array(to - from + 1);
        columns.read(slot, from, to, out, 1);
        expect([...out.subarray(1)]).toEqual(Array.from({ length: to - from }, (_, at) => wanted(slot, from + at)));
      }
    }
  });

  it("go on where loose samples were packed", () => {
    for (const rows of [0, 15, 16, 128, 150]) {
      const columns = columnsOf();
      const values = Float64Array.from({ length: rows + 9 }, (_, row) => wave(1, row));
      columns.rebuild(
        [
          { first: -1, end: 0, values },
          { first: Math.min(2, rows), end: rows, values },
        ],
        rows,
      );
      columns.put(1, rows, 7);
      const out = new Float64Array(rows + 1);
      columns.read(1, 0, rows + 1, out, 0);
      const wanted = Array.from({ length: rows }, (_, row) => (row < 2 ? STALE_MARKER : wave(1, row)));
      expect([...out]).toEqual([...wanted, 7]);
    }
  });
});
