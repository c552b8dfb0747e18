/**
 * The specification of a circuit breaker as a state machine: it keeps the outcomes themselves, so that what it means is
 * plain. Time comes with the events.
 */
import { assign, setup } from "xstate";
import type { BreakerSpec } from "../../server/topology/resilience-spec.js";

interface Context {
  readonly spec: BreakerSpec;
  /** Outcomes in the present state, true for a failure, newest last. */
  readonly outcomes: readonly boolean[];
  readonly openedUs: number;
  readonly permits: number;
}

type BreakerEvent =
  | { readonly type: "ask"; readonly nowUs: number }
  | { readonly type: "outcome"; readonly failure: boolean; readonly nowUs: number }
  | { readonly type: "ignored" };

function shouldOpen(spec: BreakerSpec, outcomes: readonly boolean[], size: number, least: number): boolean {
  const known = outcomes.slice(-size);
  const failures = known.filter(Boolean).length;
  const row = spec.consecutiveFailures;
  const tooLong = row > 0 && outcomes.length >= row && outcomes.slice(-row).every(Boolean);
  return tooLong || (known.length >= least && failures > 0 && failures / known.length >= spec.failureRatio);
}

const after = (context: Context, event: BreakerEvent): readonly boolean[] =>
  event.type === "outcome" ? [...context.outcomes, event.failure] : context.outcomes;

export const breakerMachine = setup({
  types: { context: {} as Context, events: {} as BreakerEvent, input: {} as BreakerSpec },
  guards: {
    opensFromClosed: ({ context, event }) => {
      const { window, minimumCalls } = context.spec;
      return shouldOpen(context.spec, after(context, event), window, Math.min(minimumCalls, window));
    },
    opensFromHalfOpen: ({ context, event }) =>
      shouldOpen(context.spec, after(context, event), context.spec.probes, context.spec.probes),
    decided: ({ context, event }) => after(context, event).length >= context.spec.probes,
    rested: ({ context, event }) => event.type === "ask" && event.nowUs - context.openedUs >= context.spec.openFor,
  },
  actions: {
    remember: assign({ outcomes: ({ context, event }) => after(context, event) }),
    forget: assign({ outcomes: () => [] }),
    opened: assign({ openedUs: ({ event }) => (event.type === "outcome" ? event.nowUs : 0), outcomes: () => [] }),
    // The call that asks is the first probe.
    admit: assign({ permits: ({ context }) => context.spec.probes - 1, outcomes: () => [] }),
    take: assign({ permits: ({ context }) => Math.max(0, context.permits - 1) }),
    putBack: assign({ permits: ({ context }) => context.permits + 1 }),
  },
}).createMachine({
  context: ({ input }) => ({ spec: input, outcomes: [], openedUs: 0, permits: 0 }),
  initial: "closed",
  states: {
    closed: {
      on: {
        outcome: [{ guard: "opensFromClosed", target: "open", actions: "opened" }, { actions: "remember" }],
      },
    },
    open: { on: { ask: { guard: "rested", target: "halfOpen", actions: "admit" } } },
    halfOpen: {
      on: {
        ask: { actions: "take" },
        ignored: { actions: "putBack" },
        outcome: [
          { guard: "opensFromHalfOpen", target: "open", actions: "opened" },
          { guard: "decided", target: "closed", actions: "forget" },
          { actions: "remember" },
        ],
      },
    },
  },
});
