import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { compareOfView } from "../../../client/panels/insight/compare-of-view.js";
import { hasNotes, notesOf } from "../../../client/panels/notes/notes.js";
import { VIEWS } from "../../../client/panels/registry.js";
import { viewCommands } from "../../../client/panels/view-commands.js";

/** What every view offers, read off the tables and the sources of the views themselves: a view that lacks something says why. */
const LACKS: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>> = {
  brief: {
    export: "the page stands in Alerts, which gives it out",
    curl: "as for its export",
    pin: "an alert is pinned where its rule and states are",
  },
  actions: {
    export: "what was done is part of the debrief and its postmortem",
    curl: "actions are orders and no questions",
    commands: "a form: its fields and buttons have the keys of forms",
    pin: "an action is on every time axis already",
  },
  telemetry: { pivots: "its rows are stores and what they dropped, and no values of the system" },
  notebook: {
    commands: "h and n are the shell's, for they work from everywhere",
    pin: "it is where pins go",
  },
  submit: {
    export: "the answer is not data of the run",
    curl: "as for its export",
    commands: "a form: its fields and buttons have the keys of forms",
    pin: "the answer is what pins are for",
  },
  debrief: {
    export: "the postmortem is its export",
    curl: "graded once, and asked for by nobody else",
    commands: "a report to be read",
    notes: "the report explains itself",
    pin: "the run is over",
  },
};

const ROOT = new URL("../../../client/", import.meta.url).pathname;

/** The view's own modules, and the charts and elements that they draw with, as text. */
function sourcesOf(view: string): readonly string[] {
  const waiting = [join(ROOT, `panels/${view}/view.ts`)];
  const texts = new Map<string, string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path) || !existsSync(path)) continue;
    const text = readFileSync(path, "utf8");
    texts.set(path, text);
    // Elements that every view may use say nothing of this one.
    if (path.includes("/elements/") || path.includes("/controllers/")) continue;
    for (const [, to = ""] of text.matchAll(/^import [^;]*?"(\.[^"]+)\.js";/gms))
      waiting.push(normalize(join(dirname(path), `${to}.ts`)));
  }
  return [...texts]
    .filter(([path]) => !path.includes("/elements/") && !path.includes("/controllers/"))
    .map(([, text]) => text);
}

const TEXTS = new Map(VIEWS.map(({ id }) => [id, sourcesOf(id)]));
const has = (view: string, pattern: RegExp): boolean => TEXTS.get(view)?.some((text) => pattern.test(text)) ?? false;

/** Elements that draw: their views give out a picture. */
const DRAWS = /<fd-(?:time-chart|heatmap|trace-heatmap|flame|waterfall|service-graph|span-picker|graph-answer)[\s>]/;
const TIME_AXIS = /<fd-(?:time-chart|heatmap|trace-heatmap|span-picker|log-histogram)[\s>]/;

const COLUMNS: Readonly<Record<string, (view: string) => boolean>> = {
  export: (view) => has(view, /<fd-export-menu/),
  picture: (view) => !has(view, DRAWS) || !has(view, /<fd-export-menu/) || has(view, /\{ chart(?:: \w+)? \}|chart: /),
  curl: (view) => has(view, /<fd-export-menu/) && has(view, /\brequests: [[A-Za-z]/),
  pivots: (view) => has(view, /<fd-pivot-menu|(?:pivot|service|time|trace)Value\(|new PivotController/),
  compare: (view) =>
    view === "compare" || compareOfView({ view, read: () => undefined }, { fromUs: 0, toUs: 9 }, 4) !== undefined,
  commands: (view) => viewCommands(view).length > 0,
  notes: (view) => hasNotes(view),
  empty: (view) => has(view, /<fd-empty-(?:state|answer)/),
  error: (view) => has(view, /<fd-(?:error-notice|query-error)/),
  pin: (view) => has(view, /<fd-pin-button/),
  ribbon: (view) => !has(view, TIME_AXIS) || has(view, /MarkerController|CrosshairController/),
};

/** What is drawn by hand, on a canvas or as SVG, and the folders whose views have its table; or why it has none. */
const DRAWN: Readonly<Record<string, string>> = {
  "charts/debrief-map.ts": "panels/debrief",
  "charts/flame.ts": "panels/trace, panels/profiles",
  "charts/map-graph.ts": "panels/map",
  "charts/trace-heatmap.ts": "panels/traces",
  "charts/waterfall-minimap.ts": "panels/trace",
  "charts/waterfall.ts": "panels/trace",
  "elements/icons.ts": "no chart: signs beside words",
  "panels/dashboards/panel-figures.ts": "no chart of its own: the figure beside it; the panel opens in its explorer",
  "panels/logs/field-sidebar.ts": "no chart of its own: its five figures stand below it",
  "panels/logs/pattern-list.ts": "no chart of its own: in a row of a table, beside its counts",
  "panels/metrics/metric-card.ts": "no chart of its own: its figure beside it, and a press opens the metric's chart",
  "panels/notes/field-notes.ts": "no chart: a picture with words for it",
  "panels/shell/impact-meter.ts": "no chart of its own: its figure beside it, its minutes where the onset is picked",
  "panels/traces/trace-list.ts": "no chart of its own: in a row of a table, which opens the trace",
};

/** One switch to a table in the whole client: the element, its older sister of series, or the button of a form. */
const TABLE_SWITCH = /<fd-chart-table|<fd-series-table|data-chart-table/;
const WORDS = /<figcaption|aria-label|aria-hidden="true"/;

test("whatever is drawn has words and a table one key away, or says why not", () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");
  const drawn = files.filter((path) =>
    /<canvas|<svg\b|new uPlot/.test(textOf(path).replace(/^ *(?:\/?\*|\/\/).*$/gm, "")),
  );
  const hasTable = (folder: string): boolean =>
    files.some((path) => path.startsWith(`${folder}/`) && TABLE_SWITCH.test(textOf(path)));
  const lacking = drawn.filter((path) => {
    if (!WORDS.test(textOf(path))) return true;
    if (TABLE_SWITCH.test(textOf(path))) return false;
    const place = DRAWN[path] ?? "none";
    return !place.startsWith("no chart") && !place.split(", ").every((folder) => hasTable(folder));
  });
  expect(lacking).toEqual([]);
  // A row that says nothing any more is taken out.
  expect(Object.keys(DRAWN).filter((path) => !drawn.includes(path) || TABLE_SWITCH.test(textOf(path)))).toEqual([]);
});

describe.each(VIEWS.map(({ id }) => id))("%s", (view) => {
  test.each(Object.entries(COLUMNS))("has %s, or says why not", (column, offers) => {
    const reason = LACKS[view]?.[column];
    expect({ column, offered: offers(view) }).toEqual({ column, offered: reason === undefined });
  });

  test("every command has a key or a reason to have none, a title and a line of help, and somebody who does it", () => {
    for (const { id, title, help, step, local } of viewCommands(view)) {
      expect(title.length).toBeGreaterThan(0);
      expect(help.length).toBeGreaterThan(title.length / 2);
      const isDone = step !== undefined || local === true || has(view, new RegExp(`"${id.replaceAll(".", "\\.")}"`));
      expect({ id, isDone }).toEqual({ id, isDone: true });
    }
  });

  test("nothing on its screen is empty without a next click", () => {
    const states = (TEXTS.get(view) ?? []).flatMap((text) => [
      ...text.matchAll(/<fd-empty-state[\s\S]*?<\/fd-empty-state/g),
    ]);
    for (const [text] of states) expect(text).toMatch(/<button|<a[\s>]|\$\{/);
  });
});

test("every note has a picture, words for it and something to do here", () => {
  for (const { id } of VIEWS)
    for (const { picture, pictureText, paragraphs, here } of notesOf(id)) {
      expect(picture).not.toBe("");
      expect(pictureText.length).toBeGreaterThan(20);
      expect(paragraphs.length).toBeGreaterThan(0);
      expect(here.length).toBeGreaterThan(10);
    }
});
