import { describe, expect, test } from "vitest";
import type { ChartMarker } from "../../../../client/charts/markers.js";
import { alertKey, alertsText, answerText, stateText } from "../../../../client/panels/shell/announcements.js";

const marker = (title: string, atUs = 1): ChartMarker => ({ id: title, title, atUs, kind: "alert" });

describe("alerts", () => {
  test("are said when they begin to fire, once", () => {
    const burns = marker("BudgetBurns");
    expect(alertsText([burns], new Set())).toBe("An alert fires: BudgetBurns.");
    expect(alertsText([burns], new Set([alertKey(burns)]))).toBeUndefined();
    expect(alertsText([burns, marker("BudgetBurns", 2)], new Set([alertKey(burns)]))).toBe(
      "An alert fires: BudgetBurns.",
    );
  });

  test("that are many are counted", () => {
    expect(
      alertsText(
        ["a", "b", "c", "d", "e"].map((title) => marker(title)),
        new Set(),
      ),
    ).toBe("5 alerts fire: a, b, c and 2 more.");
  });

  test("are not what else happened", () => {
    expect(alertsText([{ ...marker("cart 2.9.4"), kind: "deploy" }], new Set())).toBeUndefined();
  });
});

test("the end of a run is said when it comes, and not where one comes to it", () => {
  expect(stateText("investigating", "submitted")).toMatch(/being graded/);
  expect(stateText("submitted", "debriefed")).toMatch(/debrief is there/);
  expect(stateText("investigating", "abandoned")).toMatch(/has ended/);
  expect(stateText("investigating", "paused")).toBeUndefined();
  expect(stateText(undefined, "debriefed")).toBeUndefined();
  expect(stateText("debriefed", "debriefed")).toBeUndefined();
});

test("an answer is said by what the view counts", () => {
  expect(answerText("Logs", [" 5 855\n lines "])).toBe("Logs: 5 855 lines.");
  expect(answerText("SLO", [])).toBe("SLO: the answer is there.");
});
