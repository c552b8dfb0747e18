import { expect, test } from "vitest";
import { usesKey } from "../../../../client/panels/shell/key-users.js";
import type { KeyUser } from "../../../../client/panels/shell/key-users.js";

const CHORDS = ["a", "7", ">", "/", "?", "Space", "Enter", "ArrowDown", "shift+ArrowLeft", "Escape", "F8", "mod+k"];

const used = (user: KeyUser): readonly string[] => CHORDS.filter((chord) => usesKey(user, chord));

const OPERATIONS: KeyUser = { kind: "choice", options: ["any operation", "GET /orders"] };
const COMPARISONS: KeyUser = { kind: "choice", options: ["=", ">", ">="] };

test("where nothing is typed all keys are free; a button keeps the space bar", () => {
  expect(used({ kind: "none" })).toEqual([]);
  expect(used({ kind: "button" })).toEqual(["Space"]);
});

test("a field of text keeps all but keys of functions and with a modifier", () => {
  expect(CHORDS.filter((chord) => !usesKey({ kind: "text" }, chord))).toEqual(["F8", "mod+k"]);
});

test("a check box and a slider let letters and signs go", () => {
  expect(used({ kind: "switch" })).toEqual(["Space", "Enter", "ArrowDown", "shift+ArrowLeft"]);
});

test("a folded list keeps what could choose one of its options", () => {
  expect(used(OPERATIONS)).toEqual(["a", "7", "/", "Space", "Enter", "ArrowDown", "shift+ArrowLeft", "Escape"]);
  expect(usesKey(COMPARISONS, ">")).toBe(true);
  expect(usesKey(COMPARISONS, "/")).toBe(false);
});
