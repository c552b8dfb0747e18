import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { QuestionWatch } from "../../../client/state/question-watch.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function question(): {
  readonly stop: ReturnType<typeof vi.fn<() => void>>;
  readonly again: ReturnType<typeof vi.fn<() => void>>;
} {
  return { stop: vi.fn<() => void>(), again: vi.fn<() => void>() };
}

test("a question is slow from a while on, and no more once it has ended", () => {
  const watch = new QuestionWatch(() => Date.now());
  const changed = vi.fn();
  watch.addEventListener("changed", changed);
  const [quick, slow] = [question(), question()];
  const beganMs = Date.now();
  watch.begin(slow);
  watch.begin(quick);
  watch.end(quick, "answered");
  vi.advanceTimersByTime(3_000);
  expect([watch.slowCount, watch.slowSinceMs, changed.mock.calls.length]).toEqual([1, beganMs, 1]);
  watch.stopSlow();
  expect([slow.stop.mock.calls.length, quick.stop.mock.calls.length]).toEqual([1, 0]);
  watch.end(slow, "answered");
  expect([watch.slowCount, watch.slowSinceMs]).toEqual([0, undefined]);
});

test("stopped ones are asked again by hand, and forgotten when they begin anew or nobody waits any more", () => {
  const watch = new QuestionWatch(() => 0);
  const [one, other] = [question(), question()];
  for (const each of [one, other]) {
    watch.begin(each);
    watch.end(each, "stopped");
  }
  watch.forget(other);
  watch.askStoppedAgain();
  expect([one.again.mock.calls.length, other.again.mock.calls.length]).toEqual([1, 0]);
  watch.begin(one);
  expect(watch.stoppedCount).toBe(0);
});

test("those that found no server are asked again when it is back, and no other", () => {
  const watch = new QuestionWatch(() => 0);
  const [lost, answered] = [question(), question()];
  watch.end(lost, "unreached");
  watch.end(answered, "answered");
  watch.askUnreachedAgain();
  expect([lost.again.mock.calls.length, answered.again.mock.calls.length]).toEqual([1, 0]);
});
