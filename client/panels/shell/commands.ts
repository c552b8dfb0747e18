/** Every command with its id, keys, title and line of help: one table for the keys, the help sheet and the palette. */
import { VIEWS } from "../registry.js";
import { viewCommands } from "../view-commands.js";
import type { Command, ShellActions, ViewCommand } from "./command.js";

type ShellRow = readonly [
  id: string,
  keys: readonly string[],
  title: string,
  help: string,
  run: (shell: ShellActions) => void,
];

const SHELL_ROWS: Readonly<Record<string, readonly ShellRow[]>> = {
  Everywhere: [
    [
      "shell.palette",
      ["mod+k"],
      "Command palette",
      "Search commands, views, services, alerts, changes, queries and times",
      (shell) => shell.togglePalette(),
    ],
    ["shell.help", ["?"], "Keys and help", "This sheet", (shell) => shell.toggleHelp()],
    [
      "shell.query",
      ["/"],
      "To the query",
      "Puts the cursor into the query or search of the view; Escape leaves it again",
      (shell) => shell.focusQuery(),
    ],
    [
      "shell.export",
      ["e"],
      "Export",
      "What the view shows as CSV, JSON, Markdown, PNG, a link or cURL",
      (shell) => shell.exportView(),
    ],
    [
      "shell.next-part",
      [">", "F8"],
      "Next part of the view",
      "From list to chart to table, past all that lies between",
      (shell) => shell.goToPart(1),
    ],
    [
      "shell.previous-part",
      ["<", "shift+F8"],
      "Part before",
      "Back by one part of the view",
      (shell) => shell.goToPart(-1),
    ],
    [
      "shell.table",
      ["T"],
      "Table of the chart",
      "What the chart with the focus, or the first of the view, shows as a table",
      (shell) => shell.toggleTable(),
    ],
    ["shell.pin", ["p"], "Pin", "Pins what the view shows to the notebook", (shell) => shell.pin()],
    [
      "shell.notebook",
      ["n"],
      "Notebook beside the view",
      "Opens or closes the notebook's dock",
      (shell) => shell.toggleDock(),
    ],
    [
      "shell.link",
      ["mod+shift+l"],
      "Copy a link",
      "To the screen as it is, at its simulated time",
      (shell) => shell.copyLink(),
    ],
    ["shell.back", ["["], "Back", "To what was on the screen before", () => history.back()],
    ["shell.forward", ["]"], "Forward", "To what was on the screen after", () => history.forward()],
  ],
  "Split view": [
    ["split.toggle", ["|"], "Split the view", "Two views side by side, or back to one", (shell) => shell.toggleSplit()],
    [
      "split.focus",
      ["\\", "F6"],
      "To the other side",
      "Moves the focus between the two views",
      (shell) => shell.focusOtherSide(),
    ],
  ],
  Time: [
    ["time.pick", ["t"], "Time range", "Type a range or take a preset", (shell) => shell.pickTime()],
    ["time.undo", ["z"], "Undo zoom", "Back to the time range before", (shell) => shell.undoZoom()],
    ["time.redo", ["Z"], "Redo zoom", "To the time range after, when a zoom was undone", (shell) => shell.redoZoom()],
    ["time.out", ["-"], "Zoom out", "Twice the time", (shell) => shell.zoomOut()],
    ["time.earlier", ["shift+ArrowLeft"], "Earlier", "Moves the time range back by a third", (shell) => shell.pan(-1)],
    ["time.later", ["shift+ArrowRight"], "Later", "Moves the time range on by a third", (shell) => shell.pan(1)],
    [
      "time.lock",
      ["l"],
      "Lock the crosshair",
      "Holds the instant under the pointer on every axis, or lets it go",
      (shell) => shell.toggleCrosshairLock(),
    ],
    [
      "time.unlock",
      ["Escape"],
      "Unlock the crosshair",
      "Lets the crosshair follow the pointer again",
      (shell) => shell.unlockCrosshair(),
    ],
  ],
  "Simulated clock": [
    [
      "clock.pause",
      ["Space"],
      "Start, pause or go on",
      "Lets the simulated clock run, or stops it",
      (shell) => shell.togglePause(),
    ],
    ["clock.1x", [], "Speed 1×", "One simulated second a second", (shell) => shell.setSpeed(1)],
    ["clock.2x", [], "Speed 2×", "Two simulated seconds a second", (shell) => shell.setSpeed(2)],
    ["clock.5x", [], "Speed 5×", "Five simulated seconds a second", (shell) => shell.setSpeed(5)],
    [
      "clock.next",
      [],
      "Next event",
      "On to the next alert or change, at most ten simulated minutes",
      (shell) => shell.nextEvent(),
    ],
  ],
  Appearance: [
    ["look.dark", [], "Dark theme", "Kept in this browser", (shell) => shell.prefer({ theme: "dark" })],
    ["look.light", [], "Light theme", "Kept in this browser", (shell) => shell.prefer({ theme: "light" })],
    [
      "look.system",
      [],
      "Theme of the system",
      "Dark or light as the operating system is",
      (shell) => shell.prefer({ theme: "system" }),
    ],
    ["look.compact", [], "Compact density", "More on a screen", (shell) => shell.prefer({ density: "compact" })],
    [
      "look.comfortable",
      [],
      "Comfortable density",
      "Larger text and controls",
      (shell) => shell.prefer({ density: "comfortable" }),
    ],
  ],
};

const SHELL_COMMANDS: readonly Command[] = Object.entries(SHELL_ROWS).flatMap(([group, rows]) =>
  rows.map(([id, keys, title, help, run]) => ({ id, keys, title, help, run, group, view: undefined, local: false })),
);

const OPEN_COMMANDS: readonly Command[] = VIEWS.filter(({ key }) => key !== undefined).map(({ id, title, key }) => ({
  id: `open.${id}`,
  keys: [`g ${key ?? ""}`],
  title,
  help: `Opens ${title}`,
  group: "Go to",
  view: undefined,
  local: false,
  run: (shell) => shell.open(id),
}));

/** All commands that apply in `view`, its own first. */
export function commandsFor(view: string): readonly Command[] {
  return [...ofView(view), ...EVERYWHERE];
}

/** All commands there are, by group: those of views under the view's title. */
export function allCommands(): readonly Command[] {
  return [...EVERYWHERE, ...VIEWS.flatMap(({ id }) => ofView(id))];
}

const EVERYWHERE: readonly Command[] = [
  ...SHELL_COMMANDS,
  ...OPEN_COMMANDS,
  ...viewCommands("everywhere").map((row) => commandOf(row, "Values", undefined)),
];

function ofView(view: string): readonly Command[] {
  const title = VIEWS.find(({ id }) => id === view)?.title ?? view;
  return viewCommands(view).map((row) => commandOf(row, title, view));
}

function commandOf(row: ViewCommand, group: string, view: string | undefined): Command {
  const { id, keys, title, help, local = false, step } = row;
  return {
    id,
    keys,
    title,
    help,
    group,
    view,
    local,
    run: (shell) => {
      if (step === undefined) shell.dispatch(id);
      else shell.go(step);
    },
  };
}
