/**
 * A real Prometheus beside a run: it holds nothing of its own and reads the run's samples by remote read, in the run's
 * clock for queries, and in the wall clock for the shop's rules, which it evaluates itself. It scrapes the run as well:
 * its federation, and the processes of its targets.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { expectText, run as program } from "./program.mjs";

const ATTEMPTS = 150;
const PAUSE_MS = 200;
/** Its own sums are in another order than ours. */
const RELATIVE_DIFFERENCE_MAX = 1e-9;

/**
 * What changed with Prometheus 3 is kept out: whether a range holds the sample at its very beginning (the instant is
 * between two scrapes), and how far the rate of a counter that began within the range reaches (old ones only).
 */
const QUERIES = [
  "up",
  'sum by (job) (rate(http_server_request_duration_seconds_count{http_response_status_code="200"}[5m]))',
  'histogram_quantile(0.99, sum by (le, job) (rate(http_server_request_duration_seconds_bucket{http_response_status_code="200"}[5m])))',
  "topk(3, sum by (job) (process_resident_memory_bytes))",
  'count({__name__=~"http_.*"})',
  "absent(nothing_of_this_name)",
  "max_over_time(sum by (job) (up)[10m:1m])",
  'label_replace(up{job=~"e.*"}, "first", "$1", "job", "(.).*")',
];

const configuration = ({ path, targets }, base) => {
  const { pathname, host } = new URL(base);
  const [target] = targets.filter(({ labels }) => labels.job === "edge");
  const { job, instance } = target.labels;
  const scrape = (name, metricsPath, more = "") => `
  - job_name: ${name}
    metrics_path: ${metricsPath}
    honor_labels: true
    static_configs: [{ targets: ["${host}"] }]${more}`;
  return `global: { scrape_interval: 2s, evaluation_interval: 1s }
rule_files: [${path === base ? "" : JSON.stringify(resolve("scenarios/rules/shop.yaml"))}]
remote_read: [{ url: "${base}/api/v1/read", read_recent: true }]
scrape_configs:${scrape("federation", `${pathname}/federate`, '\n    params: { "match[]": [up] }')}${scrape(
    "process",
    `${pathname}/targets/${job}/${instance}/metrics`,
  )}
`;
};

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Asks again until `check` holds; what it last threw is what is told. */
async function eventually(check) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }
}

/** One that reads at `base`, which is the run's path in one of its clocks. */
export const startPrometheus = (run, base, name) => start(run, name, configuration(run, base));

/** One that is written to, keeps what it gets and asks nobody for anything. */
export const startReceiver = (run, name) =>
  start(run, name, "global: {}\n", [
    "--web.enable-remote-write-receiver",
    "--enable-feature=exemplar-storage",
    // What is written lies in the past.
    "--storage.tsdb.retention.time=100y",
  ]);

async function start(run, name, text, more = []) {
  const file = join(run.folder, `${name}.yml`);
  writeFileSync(file, text);
  const port = await freePort();
  const flags = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(run.folder, name)}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--log.level=error",
    ...more,
  ];
  const child = spawn("prometheus", flags, { stdio: ["ignore", "ignore", "inherit"] });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => {
    if (!(await fetch(`${url}/-/ready`)).ok) throw new Error("Prometheus did not get ready");
  });
  return {
    url,
    stop: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

async function data(base, path) {
  const body = await (await fetch(`${base}/api/v1/${path}`)).json();
  if (body.status !== "success") throw new Error(JSON.stringify(body).slice(0, 300));
  return body.data;
}

const keyOf = (metric) => JSON.stringify(Object.entries(metric).sort());

function compare(theirs, ours) {
  const expected = new Map(theirs.result.map(({ metric, value }) => [keyOf(metric), Number(value[1])]));
  if (expected.size === 0) throw new Error("Prometheus found nothing");
  if (expected.size !== ours.result.length) throw new Error(`${expected.size} series, and ours ${ours.result.length}`);
  for (const { metric, value } of ours.result) {
    const wanted = expected.get(keyOf(metric));
    const got = Number(value[1]);
    const same = Object.is(wanted, got) || Math.abs(wanted - got) <= RELATIVE_DIFFERENCE_MAX * Math.abs(wanted);
    if (!same) throw new Error(`${keyOf(metric)}: ${wanted}, and ours ${got}`);
  }
}

/** Rows `[title, run]`: the same queries evaluated by Prometheus over remote read and by the run itself. */
export const remoteReadRows = (run, prometheus) => sameAnswers("remote read", run, prometheus);

/** Rows: the run's metrics are written to a Prometheus, which then answers by itself as the run does. */
export const remoteWriteRows = (run, prometheus) => [
  [
    "export by remote write",
    async () => {
      const to = ["--to", `${prometheus.url}/api/v1/write`, "--format", "remote-write"];
      const text = await program("node", [COMMAND, "export", run.path.replace(/\/prometheus$/, ""), ...to]);
      expectText(text, /^done: /m);
      expectText(text, /metrics +[1-9]\d{4,} sent/);
    },
  ],
  ...sameAnswers("remote write", run, prometheus),
  [
    "remote write, exemplars",
    async () => {
      const window = { start: String(run.endSeconds - 600), end: String(run.endSeconds) };
      const query = "http_server_request_duration_seconds_bucket";
      const exemplars = await data(prometheus.url, `query_exemplars?${new URLSearchParams({ query, ...window })}`);
      if (exemplars.length === 0) throw new Error("it has no exemplars");
    },
  ],
];

const COMMAND = "dist/server/cli/main.js";

const sameAnswers = (title, { path, endSeconds }, { url }) =>
  QUERIES.map((query) => [
    `${title}, ${query}`,
    async () => {
      const asked = `query?${new URLSearchParams({ query, time: String(endSeconds) })}`;
      compare(await data(url, asked), await data(path, asked));
    },
  ]);

/** Rows of one that goes by the wall clock: its own evaluation of the shop's rules, and its scrapes. */
export const wallClockRows = ({ url }) => [
  [
    "evaluates the shop's rules over remote read",
    () =>
      eventually(async () => {
        const rules = (await data(url, "rules")).groups.flatMap((group) => group.rules);
        const bad = rules.find(({ health }) => health !== "ok");
        if (bad !== undefined || rules.length === 0) throw new Error(`${bad?.name}: ${bad?.lastError ?? bad?.health}`);
        const burn = rules.find(({ name }) => name === "CheckoutErrorBudgetBurn");
        if (burn?.state === "inactive") throw new Error("CheckoutErrorBudgetBurn is not active");
      }),
  ],
  ...["federation", "process"].map((job) => [
    `scrapes the run: ${job}`,
    () =>
      eventually(async () => {
        const { activeTargets } = await data(url, "targets");
        const target = activeTargets.find(({ labels }) => labels.job === job);
        if (target?.health !== "up") throw new Error(target?.lastError ?? "not scraped");
        const stored = await data(url, `query?query=scrape_samples_scraped{job="${job}"}`);
        if (Number(stored.result[0]?.value[1] ?? 0) === 0) throw new Error("no samples in the scrape");
      }),
  ]),
];
