import { describe, expect, test } from "vitest";
import { VIEWS } from "../../../../client/panels/registry.js";
import { allCommands, commandsFor } from "../../../../client/panels/shell/commands.js";
import { chordOf, isSingleKey, keyCaps, nextKey } from "../../../../client/panels/shell/key-sequence.js";

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe("the table", () => {
  test("every command has an id of its own, a title and a line of help", () => {
    const commands = allCommands();
    const ids = commands.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, help } of commands) {
      expect(id).toMatch(/^[a-z0-9]+(?:[.-][a-z0-9-]+)+$/);
      expect(title.length * help.length).toBeGreaterThan(0);
      expect(help).not.toContain("\n");
    }
  });

  test.each(VIEWS.map(({ id }) => id))("in %s no two commands share their keys, and none begins another", (view) => {
    const typed = commandsFor(view)
      .filter(({ local }) => !local)
      .flatMap(({ keys }) => keys);
    expect(new Set(typed).size).toBe(typed.length);
    for (const keys of typed) expect(typed.filter((other) => other.startsWith(`${keys} `))).toEqual([]);
  });

  test("g and a letter open each view of the rail", () => {
    for (const { id, key } of VIEWS) {
      if (key === undefined) continue;
      const begun = nextKey(commandsFor("map"), [], "g");
      expect(nextKey(commandsFor("map"), begun.typed, key).command?.id).toBe(`open.${id}`);
    }
  });
});

test("a chord that continues nothing begins anew", () => {
  const commands = commandsFor("map");
  expect(nextKey(commands, ["g"], "?").command?.id).toBe("shell.help");
  expect(nextKey(commands, ["g"], "g")).toEqual({ typed: ["g"], command: undefined });
  expect(nextKey(commands, [], "ü")).toEqual({ typed: [], command: undefined });
});

test.each([
  [{ key: "a" }, "a"],
  [{ key: "?", shiftKey: true }, "?"],
  [{ key: "|", ctrlKey: true, altKey: true }, "|"],
  [{ key: "[", altKey: true }, "["],
  [{ key: "K", ctrlKey: true, shiftKey: true }, "mod+shift+k"],
  [{ key: "k", metaKey: true }, "mod+k"],
  [{ key: " " }, "Space"],
  [{ key: "ArrowLeft", shiftKey: true }, "shift+ArrowLeft"],
])("%o is typed as %s", (press, chord) => {
  expect(chordOf({ ...NONE, ...press })).toBe(chord);
});

test("single keys are those of printable characters alone", () => {
  expect(["g a", "Space", "?"].map(isSingleKey)).toEqual([true, true, true]);
  expect(["mod+k", "shift+ArrowLeft", "Escape", "F6"].map(isSingleKey)).toEqual([false, false, false, false]);
});

test("caps are named as keyboards name them", () => {
  expect(keyCaps("mod+shift+l", false)).toEqual(["Ctrl", "Shift", "L"]);
  expect(keyCaps("mod+k", true)).toEqual(["⌘", "K"]);
  expect(keyCaps("shift+ArrowLeft", false)).toEqual(["Shift", "←"]);
});
