/** A zoom is drawn at once and told when it rests; what the address says counts unless it is what it was told. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RestingZoom } from "../../../client/charts/resting-zoom.js";

const range = (fromUs: number, toUs: number) => ({ fromUs, toUs });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("many turns are told once, in whole microseconds", () => {
  const told: unknown[] = [];
  const zoom = new RestingZoom((range) => told.push(range));
  for (let step = 1; step <= 5; step++) {
    zoom.set(range(step + 0.4, 100 - step));
    vi.advanceTimersByTime(100);
  }
  expect([zoom.now, told]).toEqual([range(5.4, 95), []]);
  vi.advanceTimersByTime(50);
  expect(told).toEqual([range(5, 95)]);
});

test("the address that says what it was told leaves it as it is turned meanwhile, another one counts", () => {
  const zoom = new RestingZoom(() => undefined);
  zoom.set(range(10, 20));
  vi.advanceTimersByTime(150);
  zoom.set(range(11, 19));
  zoom.follow(range(10, 20));
  expect(zoom.now).toEqual(range(11, 19));
  zoom.follow(range(0, 50));
  expect(zoom.now).toEqual(range(0, 50));
});

test("all is told as no zoom, and nothing when the drawing has gone", () => {
  const told: unknown[] = [];
  const zoom = new RestingZoom((range) => told.push(range));
  zoom.set(undefined);
  vi.advanceTimersByTime(150);
  zoom.set(range(1, 2));
  zoom.stop();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([undefined]);
});

test("another trace begins with what the address says, even if that is what was told of the one before", () => {
  const told: unknown[] = [];
  const zoom = new RestingZoom((range) => told.push(range));
  zoom.set(range(1, 2));
  zoom.restart(range(3, 4));
  vi.advanceTimersByTime(150);
  expect([zoom.now, told]).toEqual([range(3, 4), [range(3, 4)]]);
});
