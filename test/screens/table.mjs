/**
 * Every screen of a run: name of its pictures, view, parameters, and what is done before they are taken. A row's
 * `search` may depend on the incident and on what was found in it (traces, the simulated clock). `refused`: the server
 * refuses what is asked, as it should.
 */

const QUANTILE = "histogram_quantile(0.99, sum by (le, job) (rate(http_server_request_duration_seconds_bucket[2m])))";
const BUCKETS = "sum by (le) (rate(http_server_request_duration_seconds_bucket[1m]))";
const RATE = "sum by (job) (rate(http_server_request_duration_seconds_count[1m]))";

/** Presses a button of the view by its name, the first one that fits. */
const press =
  (name, role = "button") =>
  async (page) => {
    await page.getByRole("main").getByRole(role, { name }).first().click();
  };

const key =
  (...keys) =>
  async (page) => {
    for (const one of keys) await page.keyboard.press(one);
  };

const search = (values) => () => values;

/** TraceQL of the incident's requests. */
const requests = ({ incident }) =>
  `{ name = "${incident.operation}" && resource.service.name = "${incident.service}" }`;

const conditions = ({ incident }) => ({ service: incident.service, operation: incident.operation });

const atTrace =
  (values = {}) =>
  ({ slow }) => ({ trace: slow, ...values });

/** The middle of a view, where a chart stands: for what follows the pointer. */
const hover = (selector) => async (page) => {
  const box = await page.locator(`main ${selector}`).first().boundingBox();
  if (box !== null) await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5);
};

async function dragOver(page, selector, [fromX, fromY], [toX, toY]) {
  const box = await page.locator(`main ${selector}`).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not on the screen`);
  await page.mouse.move(box.x + box.width * fromX, box.y + box.height * fromY);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * toX, box.y + box.height * toY, { steps: 4 });
  await page.mouse.up();
}

export const SCREENS = [
  { name: "brief", view: "brief" },
  { name: "alerts", view: "alerts" },
  { name: "alerts-groups", view: "alerts", search: search({ show: "groups" }) },
  { name: "alerts-messages", view: "alerts", search: search({ show: "messages" }) },
  { name: "alerts-silences", view: "alerts", search: search({ show: "silences" }) },
  { name: "slo", view: "slo" },
  { name: "dashboards", view: "dashboards", search: ({ incident }) => ({ service: incident.caller }) },
  {
    name: "dashboards-hover",
    view: "dashboards",
    search: ({ incident }) => ({ service: incident.caller }),
    steps: [hover("fd-time-chart")],
  },
  { name: "dashboards-list", view: "dashboards" },
  { name: "dashboards-golden", view: "dashboards", search: search({ board: "golden-signals" }) },
  {
    name: "dashboards-use",
    view: "dashboards",
    search: ({ incident }) => ({ service: incident.suspect, board: "use" }),
  },
  { name: "dashboards-store", view: "dashboards", search: search({ service: "orders-db", board: "store" }) },
  { name: "dashboards-monitoring", view: "dashboards", search: search({ service: "prometheus", board: "monitoring" }) },
  { name: "dashboards-empty", view: "dashboards", search: search({ board: "use" }) },
  { name: "metrics-browse", view: "metrics" },
  { name: "metrics", view: "metrics", search: search({ query: QUANTILE }) },
  { name: "metrics-explain", view: "metrics", search: search({ query: QUANTILE, explain: "A" }) },
  { name: "metrics-heatmap", view: "metrics", search: search({ query: BUCKETS, tab: "heatmap" }) },
  { name: "metrics-stacked", view: "metrics", search: search({ query: RATE, tab: "stacked" }) },
  { name: "metrics-table", view: "metrics", search: search({ query: RATE, tab: "table" }) },
  { name: "metrics-before", view: "metrics", search: search({ query: RATE, before: "1", usual: "1" }) },
  { name: "metrics-error", refused: true, view: "metrics", search: search({ query: "sum by (job) (rate(up[5m])" }) },
  { name: "logs", view: "logs", search: ({ incident }) => ({ level: incident.level }) },
  { name: "logs-line", view: "logs", search: ({ incident }) => ({ level: incident.level }), steps: [openLine] },
  { name: "logs-patterns", view: "logs", search: search({ show: "patterns" }) },
  { name: "logs-field", view: "logs", search: search({ field: "service" }) },
  { name: "logs-tail", view: "logs", search: search({ tail: "1" }) },
  {
    name: "logs-logql",
    view: "logs",
    search: ({ incident }) => ({ logql: `{service_name="${incident.suspect}"} | duration_ms > 40` }),
  },
  {
    name: "logs-logql-metric",
    view: "logs",
    search: search({ logql: 'sum by (service_name) (count_over_time({service_name=~".+"}[1m]))' }),
  },
  { name: "logs-empty", view: "logs", search: search({ q: "no such words" }) },
  { name: "logs-error", refused: true, view: "logs", search: search({ logql: '{service_name="cart" | json' }) },
  { name: "traces", view: "traces", search: conditions },
  {
    name: "traces-box",
    view: "traces",
    search: conditions,
    steps: [(page) => dragOver(page, "fd-trace-heatmap canvas", [0.3, 0.1], [0.9, 0.5])],
  },
  { name: "traces-path", view: "traces", search: (facts) => ({ ...conditions(facts), tab: "path" }) },
  { name: "traces-difference", view: "traces", search: (facts) => ({ ...conditions(facts), tab: "difference" }) },
  { name: "traces-table", view: "traces", search: (facts) => ({ ...conditions(facts), form: "table" }) },
  { name: "traces-error", refused: true, view: "traces", search: search({ q: "{ duration > 1s && }" }) },
  { name: "trace", view: "trace", search: atTrace() },
  { name: "trace-flame", view: "trace", search: atTrace({ form: "flame" }) },
  { name: "trace-statistics", view: "trace", search: atTrace({ form: "table" }) },
  { name: "trace-logs", view: "trace", search: atTrace({ pane: "logs" }) },
  { name: "trace-compare", view: "trace", search: ({ slow, quick }) => ({ trace: slow, with: quick }) },
  { name: "profiles", view: "profiles", search: ({ incident }) => ({ service: incident.suspect }) },
  {
    name: "profiles-flame",
    view: "profiles",
    search: ({ incident }) => ({ service: incident.suspect, form: "flame", type: "wall" }),
  },
  { name: "profiles-time", view: "profiles", search: ({ incident }) => ({ service: incident.suspect, order: "time" }) },
  {
    name: "profiles-table",
    view: "profiles",
    search: ({ incident }) => ({ service: incident.suspect, form: "table" }),
  },
  {
    name: "profiles-sandwich",
    view: "profiles",
    search: ({ incident }) => ({ service: incident.suspect, form: "sandwich" }),
  },
  {
    name: "profiles-difference",
    view: "profiles",
    search: ({ incident }) => ({ service: incident.suspect, base: "before" }),
  },
  { name: "compare", view: "compare", search: (facts) => ({ q: requests(facts), slow: "0.95" }) },
  {
    name: "compare-logs",
    view: "compare",
    search: ({ atUs }) => ({
      signal: "logs",
      sf: String(atUs - 300e6),
      st: String(atUs),
      bf: String(atUs - 1_500e6),
      bt: String(atUs - 1_200e6),
    }),
  },
  {
    name: "compare-metrics",
    view: "compare",
    search: ({ atUs }) => ({
      signal: "metrics",
      q: RATE,
      sf: String(atUs - 300e6),
      st: String(atUs),
      bf: String(atUs - 1_500e6),
      bt: String(atUs - 1_200e6),
    }),
  },
  { name: "map", view: "map" },
  { name: "map-part", view: "map", search: ({ incident }) => ({ node: incident.suspect }) },
  { name: "map-hops", view: "map", search: ({ incident }) => ({ node: incident.suspect, hops: "1" }) },
  { name: "map-errors", view: "map", search: search({ only: "errors" }) },
  {
    name: "map-two-times",
    view: "map",
    search: ({ atUs }) => ({ at: String(atUs - 60e6), vs: String(atUs - 1_500e6) }),
  },
  { name: "map-teams", view: "map", search: search({ group: "team" }) },
  { name: "map-tree", view: "map", search: search({ form: "tree" }) },
  { name: "map-table", view: "map", search: search({ form: "table" }) },
  { name: "changes", view: "changes" },
  { name: "changes-one", view: "changes", search: ({ incident }) => ({ change: incident.change }) },
  { name: "health", view: "health" },
  { name: "health-one", view: "health", search: ({ incident }) => ({ service: incident.suspect }) },
  { name: "synthetics", view: "synthetics" },
  { name: "rum", view: "rum" },
  { name: "telemetry", view: "telemetry" },
  { name: "actions", view: "actions" },
  { name: "actions-form", view: "actions", search: ({ incident }) => incident.form },
  { name: "actions-plan", view: "actions", search: ({ incident }) => incident.form, steps: [press("Show the plan")] },
  { name: "notebook", view: "notebook" },
  { name: "notebook-new", view: "notebook", steps: [key("h")] },
  { name: "dock", view: "logs", steps: [key("n")], after: [key("n")] },
  { name: "split", view: "metrics", search: search({ query: RATE, split: "logs?level=error,warn" }) },
  {
    name: "palette",
    view: "map",
    steps: [key("Control+k"), (page) => page.keyboard.type("payment")],
    after: [key("Escape")],
  },
  { name: "help", view: "trace", search: atTrace(), steps: [key("?")], after: [key("Escape")] },
  {
    name: "time-picker",
    view: "dashboards",
    search: ({ incident }) => ({ service: incident.caller }),
    steps: [key("t")],
    after: [key("Escape")],
  },
  {
    name: "pivot",
    view: "trace",
    search: atTrace(),
    steps: [(page) => page.locator("main fd-pivot-menu button").nth(1).click()],
  },
  { name: "export", view: "traces", search: conditions, steps: [press(/^Export/)] },
  { name: "notes", view: "traces", search: conditions, steps: [key(".")], after: [key("Escape")] },
  { name: "submit", view: "submit" },
  { name: "not-there", refused: true, path: "/run/0000000000000000/map" },
];

async function openLine(page) {
  await page.locator("main fd-virtual-log [role=row], main fd-virtual-log .line").first().click();
}
