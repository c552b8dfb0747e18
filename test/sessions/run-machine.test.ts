import { describe, expect, test } from "vitest";
import { checkCommand, commandRules, nextRunState } from "../../server/sessions/run-machine.js";
import { Refusal } from "../../server/sessions/refusal.js";
import type { Command, RunEventBody, RunState } from "../../server/wire/run.js";

const states: readonly RunState[] = ["briefing", "investigating", "paused", "submitted", "debriefed", "abandoned"];

/** state event next, `-` for an event that can not stand there. */
const table = `
  briefing started investigating
  briefing paused -
  briefing submitted -
  briefing acted -
  briefing looked briefing
  briefing abandoned abandoned
  investigating paused paused
  investigating acted investigating
  investigating started -
  investigating submitted submitted
  investigating abandoned abandoned
  paused resumed investigating
  paused acted -
  paused speed-set paused
  paused submitted submitted
  submitted debriefed debriefed
  submitted pinned -
  submitted resumed -
  debriefed looked -
  debriefed submitted -
  abandoned started -
`;

describe("the life of a run", () => {
  const rows = table
    .trim()
    .split("\n")
    .map((row) => row.trim().split(" ") as [RunState, RunEventBody["kind"], string]);
  test.each(rows)("%s, %s: %s", (state, kind, next) => {
    expect(nextRunState(state, kind) ?? "-").toBe(next);
  });
});

/** The event that each command becomes. */
const eventOf: Readonly<Record<Command["kind"], RunEventBody["kind"]>> = {
  start: "started",
  pause: "paused",
  resume: "resumed",
  "set-speed": "speed-set",
  "next-event": "clock-marked",
  look: "looked",
  pin: "pinned",
  annotate: "annotated",
  unpin: "unpinned",
  "put-hypothesis": "hypothesis-put",
  "remove-hypothesis": "hypothesis-removed",
  acknowledge: "acknowledged",
  act: "acted",
  undo: "acted",
  submit: "submitted",
  abandon: "abandoned",
};
const commands = Object.keys(eventOf) as Command["kind"][];

describe("what may be asked for", () => {
  test.each(states)(
    "in %s a command is done exactly where its event may stand, or has a reason and a remedy",
    (state) => {
      for (const kind of commands) {
        const rule = commandRules[state][kind];
        if (rule === "done") expect(nextRunState(state, eventOf[kind]), `${kind} in ${state}`).toBeDefined();
        else if (rule !== "ignored") {
          expect(() => checkCommand(state, kind)).toThrow(Refusal);
          expect(rule.refusal).toMatch(/^[A-Z].*\.$/);
          expect(rule.remedy).toMatch(/^[A-Z].*\.$/);
        }
      }
    },
  );

  test("a look after the end is acknowledged and not recorded", () => {
    expect(checkCommand("debriefed", "look")).toBe(false);
  });
});
