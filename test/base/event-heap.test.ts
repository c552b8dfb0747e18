import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventHeap } from "../../server/base/event-heap.js";
import { LimitError } from "../../server/base/limit-error.js";

describe("event heap", () => {
  test("agrees with a stable sort over any mix of pushes and pops", () => {
    const step = fc.oneof(fc.record({ push: fc.integer({ min: 0, max: 50 }) }), fc.constant({ pop: true }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const heap = new EventHeap(1_000);
        const model: { at: number; code: number }[] = [];
        let now = 1_000;
        let code = 0;
        for (const action of steps) {
          if ("push" in action) {
            heap.push(now + action.push, code);
            model.push({ at: now + action.push, code: code++ });
          } else if (model.length === 0) {
            expect(heap.peek()).toBe(Infinity);
          } else {
            model.sort((a, b) => a.at - b.at || a.code - b.code);
            const next = model.shift();
            expect(heap.peek()).toBe(next?.at);
            heap.pop();
            expect(heap.code).toBe(next?.code);
            now = next?.at ?? now;
          }
          expect(heap.pending).toBe(model.length);
        }
      }),
    );
  });

  test("an instant beyond its reach is a limit, with the figure", () => {
    expect(() => {
      new EventHeap(0).push(2 ** 36, 1);
    }).toThrow(LimitError);
  });
});
