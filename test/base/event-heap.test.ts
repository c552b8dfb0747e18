import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventHeap } from "../../server/base/event-heap.js";
import { StateReader, StateWriter } from "../../server/base/state-stream.js";
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

  test("keeps the order over 40,000 events at any distance, and from a checkpoint in between", () => {
    let state = 1;
    const luck = (): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff) / 0x8000_0000;
    const play = (cut: number): readonly number[] => {
      state = 1;
      let heap = new EventHeap(0);
      const order: number[] = [];
      for (let code = 0; code < 40_000; code++) {
        const now = heap.pending < 300 ? -1 : heap.peek();
        if (now >= 0) heap.pop();
        if (now >= 0) order.push(now, heap.code);
        // Crowds of one µs, what comes soon, and what comes an hour later; the density changes 100 times.
        const reach = luck() < 0.02 ? 3.6e9 : luck() < 0.3 ? 1 : code < 20_000 ? 1e3 : 1e5;
        heap.push(Math.max(now, 0) + Math.floor(luck() * reach), code);
        if (code === cut) heap = copyOf(heap);
      }
      return order;
    };
    const order = play(-1);
    expect(order.length).toBeGreaterThan(70_000);
    expect(isOrdered(order)).toBe(true);
    expect(play(12_345)).toEqual(order);
    expect(play(30_001)).toEqual(order);
  });

  test("after a checkpoint something may come before all that is pending", () => {
    const heap = new EventHeap(0);
    heap.push(1_000_000, 1);
    const copy = copyOf(heap);
    copy.push(10, 2);
    expect(copy.peek()).toBe(10);
    copy.pop();
    expect(copy.peek()).toBe(1_000_000);
  });

  test("an instant beyond its reach is a limit, with the figure", () => {
    expect(() => {
      new EventHeap(0).push(2 ** 36, 1);
    }).toThrow(LimitError);
  });
});

/** Instants ascend, and codes within an instant: they were given in the order of the pushes. */
function isOrdered(order: readonly number[]): boolean {
  for (let at = 2; at < order.length; at += 2) {
    const [time = 0, code = 0] = [order[at], order[at + 1]];
    const [timeBefore = 0, codeBefore = 0] = [order[at - 2], order[at - 1]];
    if (time < timeBefore || (time === timeBefore && code < codeBefore)) return false;
  }
  return true;
}

function copyOf(heap: EventHeap): EventHeap {
  const writer = new StateWriter();
  heap.save(writer);
  const copy = new EventHeap(heap.originUs);
  copy.restore(new StateReader(writer.finish()));
  return copy;
}
