import fc from "fast-check";
import { expect, test } from "vitest";
import { createActor } from "xstate";
import { StateReader, StateWriter } from "../../../server/base/state-stream.js";
import { duration } from "../../../server/base/time.js";
import {
  BREAKER_CLOSED,
  BREAKER_HALF_OPEN,
  BREAKER_OPEN,
  CircuitBreakers,
} from "../../../server/sim/resilience/circuit-breakers.js";
import type { BreakerSpec } from "../../../server/topology/resilience-spec.js";
import { breakerMachine } from "../breaker-machine.js";

const STATES = { closed: BREAKER_CLOSED, open: BREAKER_OPEN, halfOpen: BREAKER_HALF_OPEN };

const specs = fc.record({
  failureRatio: fc.constantFrom(0.01, 0.25, 0.5, 0.9, 1),
  window: fc.integer({ min: 1, max: 12 }),
  minimumCalls: fc.integer({ min: 1, max: 14 }),
  consecutiveFailures: fc.integer({ min: 0, max: 4 }),
  openFor: fc.integer({ min: 1, max: 40 }).map((us) => duration(us)),
  probes: fc.integer({ min: 1, max: 4 }),
});

const events = fc.array(
  fc.record({ kind: fc.constantFrom("ask", "outcome", "ignored"), failure: fc.boolean(), pauseUs: fc.nat(15) }),
  { maxLength: 120 },
);

test("a breaker does what its state machine says, whatever happens to it, also after a checkpoint", () => {
  fc.assert(
    fc.property(specs, events, fc.nat(120), (spec: BreakerSpec, happenings, checkpointAt) => {
      const actor = createActor(breakerMachine, { input: spec }).start();
      let breakers = new CircuitBreakers(2, () => undefined);
      let nowUs = 0;
      happenings.forEach(({ kind, failure, pauseUs }, index) => {
        nowUs += pauseUs;
        if (index === checkpointAt) breakers = copyOf(breakers);
        const before = actor.getSnapshot();
        if (kind === "ask") {
          actor.send({ type: "ask", nowUs });
          const { value, context } = actor.getSnapshot();
          const probing = value === "halfOpen" && (before.value === "open" || before.context.permits > 0);
          expect(breakers.permits(1, spec, nowUs)).toBe(value === "closed" || probing);
          expect(context.permits).toBeGreaterThanOrEqual(0);
        } else if (kind === "outcome") {
          actor.send({ type: "outcome", failure, nowUs });
          breakers.record(1, spec, failure, nowUs);
        } else {
          actor.send({ type: "ignored" });
          breakers.ignored(1);
        }
        expect(breakers.state[1]).toBe(STATES[actor.getSnapshot().value]);
        expect(breakers.state[0]).toBe(BREAKER_CLOSED);
      });
    }),
    { numRuns: 300 },
  );
});

function copyOf(breakers: CircuitBreakers): CircuitBreakers {
  const writer = new StateWriter();
  breakers.save(writer);
  const copy = new CircuitBreakers(2, () => undefined);
  const reader = new StateReader(writer.finish());
  copy.restore(reader);
  reader.end();
  return copy;
}
