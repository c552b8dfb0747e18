/**
 * The life of a run as an xstate machine: its states, and which events of the log may stand in which state. Decided by
 * xstate's pure `transition`; the machine is never started, because a run's state is the fold of its log.
 * What a learner may ask for in each state is the second table, with the words of the refusal.
 */
import { createMachine, transition } from "xstate";
import type { Command, RunEventBody, RunState } from "../wire/run.js";
import { Refusal } from "./refusal.js";

type EventKind = RunEventBody["kind"];
type CommandKind = Command["kind"];

/** Looking, and writing in the notebook, leave a run in the state it was in. */
const noted = <State extends RunState>(state: State) =>
  ({
    looked: state,
    pinned: state,
    annotated: state,
    unpinned: state,
    "hypothesis-put": state,
    "hypothesis-removed": state,
    acknowledged: state,
    "clock-marked": state,
  }) as const;

const runMachine = createMachine({
  id: "run",
  initial: "briefing",
  states: {
    briefing: { on: { ...noted("briefing"), created: "briefing", started: "investigating", abandoned: "abandoned" } },
    investigating: {
      on: {
        ...noted("investigating"),
        acted: "investigating",
        "speed-set": "investigating",
        paused: "paused",
        submitted: "submitted",
        abandoned: "abandoned",
      },
    },
    paused: {
      on: {
        ...noted("paused"),
        "speed-set": "paused",
        resumed: "investigating",
        submitted: "submitted",
        abandoned: "abandoned",
      },
    },
    submitted: { on: { debriefed: "debriefed" } },
    debriefed: { type: "final" },
    abandoned: { type: "final" },
  },
});

const runStates = ["briefing", "investigating", "paused", "submitted", "debriefed", "abandoned"] as const;

/** The state after an event of this kind, or undefined when the event can not stand there. */
export function nextRunState(state: RunState, kind: EventKind): RunState | undefined {
  const before = runMachine.resolveState({ value: state });
  const event = { type: kind };
  if (!before.can(event)) return undefined;
  const [after] = transition(runMachine, before, event);
  return runStates.find((name) => name === after.value);
}

/** `done`: carried out. `ignored`: acknowledged without an event, because nothing hangs on it any more. */
type CommandRule = "done" | "ignored" | { readonly refusal: string; readonly remedy: string };

const notBegun: CommandRule = { refusal: "The run has not begun.", remedy: "Start it first." };
const begun: CommandRule = { refusal: "The run has begun already.", remedy: "Nothing needs to be done." };
const runs: CommandRule = { refusal: "The clock runs already.", remedy: "Nothing needs to be done." };
const stands: CommandRule = { refusal: "The clock stands.", remedy: "Resume the run first." };
const pausedAlready: CommandRule = { refusal: "The run is paused already.", remedy: "Nothing needs to be done." };
const handedIn: CommandRule = {
  refusal: "The answer has been handed in and nothing of the run changes any more.",
  remedy: "Wait for the debrief.",
};
const over: CommandRule = { refusal: "The run is over.", remedy: "Read its debrief, or start a new run." };
const left: CommandRule = { refusal: "The run was abandoned.", remedy: "Start a new run." };

const notebook = {
  pin: "done",
  annotate: "done",
  unpin: "done",
  "put-hypothesis": "done",
  "remove-hypothesis": "done",
} as const;

const ended = (rule: CommandRule): Readonly<Record<CommandKind, CommandRule>> => ({
  start: rule,
  pause: rule,
  resume: rule,
  "set-speed": rule,
  "next-event": rule,
  look: "ignored",
  pin: rule,
  annotate: rule,
  unpin: rule,
  "put-hypothesis": rule,
  "remove-hypothesis": rule,
  acknowledge: rule,
  act: rule,
  undo: rule,
  submit: rule,
  abandon: rule,
});

/** What becomes of each command in each state. */
export const commandRules: Readonly<Record<RunState, Readonly<Record<CommandKind, CommandRule>>>> = {
  briefing: {
    ...notebook,
    start: "done",
    pause: notBegun,
    resume: notBegun,
    "set-speed": notBegun,
    "next-event": notBegun,
    look: "done",
    acknowledge: "done",
    act: notBegun,
    undo: notBegun,
    submit: notBegun,
    abandon: "done",
  },
  investigating: {
    ...notebook,
    start: begun,
    pause: "done",
    resume: runs,
    "set-speed": "done",
    "next-event": "done",
    look: "done",
    acknowledge: "done",
    act: "done",
    undo: "done",
    submit: "done",
    abandon: "done",
  },
  paused: {
    ...notebook,
    start: begun,
    pause: pausedAlready,
    resume: "done",
    "set-speed": "done",
    "next-event": stands,
    look: "done",
    acknowledge: "done",
    act: stands,
    undo: stands,
    submit: "done",
    abandon: "done",
  },
  submitted: ended(handedIn),
  debriefed: ended(over),
  abandoned: ended(left),
};

/** Whether the command is carried out (true) or only acknowledged (false). Throws Refusal where it may not be. */
export function checkCommand(state: RunState, kind: CommandKind): boolean {
  const rule = commandRules[state][kind];
  if (typeof rule !== "string") throw new Refusal("conflict", rule.refusal, rule.remedy);
  return rule === "done";
}
