/**
 * What a panel shows is what the run's own API answers for the same query: numbers of lines, traces, alerts and samples,
 * and every value of a chart, over random windows. Few where every change is tested; `FIREDRILL_WINDOWS=40` for many.
 */
import type { Page } from "playwright";
import { beforeAll, expect, test } from "vitest";
import { formatDurationUs } from "../../client/charts/format.js";
import { idle, textOf } from "../fixtures/browser.js";
import { Luck } from "../fixtures/luck.js";
import { setStage } from "./stage.js";
import { Workspace } from "./workspace.js";

const WINDOWS = Number(process.env["FIREDRILL_WINDOWS"] ?? "1");
const HOUR_S = 3_600;
/** Tempo's own most. */
const TRACES_MAX = 1_000;

interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Numbers as a panel shows them and as the API answers them, in the same order. */
interface Pair {
  readonly shown: readonly (number | string)[];
  readonly answered: readonly (number | string)[];
}

interface Desk {
  readonly learner: Workspace;
  readonly page: Page;
  readonly luck: Luck;
  readonly nowUs: number;
  readonly ask: (path: string, parameters: Readonly<Record<string, string>>) => Promise<unknown>;
}

/** A window that lies in the hour before now, of whole seconds, beginning at any microsecond. */
function randomWindow({ luck, nowUs }: Desk, secondsMin: number, secondsMax: number): Window {
  const seconds = luck.whole(secondsMin, secondsMax);
  const fromUs = Math.floor(luck.between(nowUs - HOUR_S * 1e6, nowUs - seconds * 1e6));
  return { fromUs, toUs: fromUs + seconds * 1e6 };
}

/** For interfaces that count so. */
function wholeSeconds({ fromUs, toUs }: Window): Window {
  return { fromUs: Math.floor(fromUs / 1e6) * 1e6, toUs: Math.floor(toUs / 1e6) * 1e6 };
}

const secondsOf = ({ fromUs, toUs }: Window): number => (toUs - fromUs) / 1e6;
const nanoseconds = (us: number): string => `${String(us)}000`;
const between = ({ fromUs, toUs }: Window): string => `from=${String(fromUs)}&to=${String(toUs)}`;
const ascending = (values: readonly number[]): readonly number[] => [...values].sort((one, other) => one - other);

/** The number before a word of the view. */
async function numberBefore(page: Page, word: string): Promise<number> {
  const text = await textOf(page.getByRole("main"));
  const match = new RegExp(`([\\d\\u2009\\u202f\\u00a0 ]*\\d) ${word}`).exec(text);
  expect(match, `a number of ${word} in “${text.slice(0, 400)}”`).not.toBeNull();
  return Number(match?.[1]?.replace(/\D/g, ""));
}

interface Drawn {
  readonly startS: number;
  readonly endS: number;
  readonly stepS: number;
  readonly values: readonly number[];
}

/** What the first chart of the view draws: all its values, and the instants that they stand at. */
function drawnIn(page: Page): Promise<Drawn> {
  return page
    .locator("main fd-time-chart")
    .first()
    .evaluate((element) => {
      const { series } = element as unknown as {
        readonly series: readonly { timesUs: Float64Array; values: Float64Array; stepUs: number }[];
      };
      const times = series.flatMap(({ timesUs }) => [...timesUs]);
      return {
        startS: Math.min(...times) / 1e6,
        endS: Math.max(...times) / 1e6,
        stepS: (series[0]?.stepUs ?? 0) / 1e6,
        values: series.flatMap(({ values }) => [...values]).filter((value) => Number.isFinite(value)),
      };
    });
}

interface Matrix {
  readonly data: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
}

const valuesOf = (answer: unknown): readonly number[] =>
  (answer as Matrix).data.result
    .flatMap(({ values }) => values.map(([, value]) => Number(value)))
    .filter((value) => Number.isFinite(value));

async function chartOf(desk: Desk, path: string, query: string): Promise<Pair> {
  const { startS, endS, stepS, values } = await drawnIn(desk.page);
  const parameters = { query, start: String(startS), end: String(endS), step: String(stepS) };
  return { shown: ascending(values), answered: ascending(valuesOf(await desk.ask(path, parameters))) };
}

const PROMQL = [
  "sum by (job) (rate(http_server_request_duration_seconds_count[1m]))",
  "histogram_quantile(0.99, sum by (le, job) (rate(http_server_request_duration_seconds_bucket[2m])))",
  "max by (job) (http_server_active_requests)",
  "topk(3, sum by (job) (increase(http_server_request_duration_seconds_count[5m])))",
];
const LOGQL = [
  'sum by (level) (count_over_time({service_name=~".+"}[1m]))',
  'sum by (service_name) (rate({level=~"error|warn"}[2m]))',
];
const SERVICES = ["edge", "api-gateway", "order", "payment", "cart"];
const LEVELS = ["error", "warn", "info", "error,warn"];

async function logLines(desk: Desk): Promise<Pair> {
  const { learner, luck, ask, page } = desk;
  const window = randomWindow(desk, 30, 1_500);
  const [service, level] = [luck.pick(SERVICES), luck.pick(LEVELS)];
  await learner.goto(`logs?services=${service}&level=${level}&${between(window)}`);
  const selector = `{service_name="${service}", level=~"${level.replace(",", "|")}"}`;
  const answer = (await ask("loki/loki/api/v1/query", {
    query: `sum(count_over_time(${selector}[${String(secondsOf(window))}s]))`,
    time: nanoseconds(window.toUs),
  })) as { data: { result: readonly { value: readonly [number, string] }[] } };
  const answered = Number(answer.data.result[0]?.value[1] ?? "0");
  if (answered === 0) return { shown: [0], answered: [0] };
  const bars = await page
    .locator("main fd-log-histogram")
    .first()
    .evaluate((element) =>
      (
        element as unknown as { histogram: { buckets: readonly { counts: Record<string, number> }[] } }
      ).histogram.buckets.reduce(
        (sum, { counts }) => sum + Object.values(counts).reduce((lines, count) => lines + count, 0),
        0,
      ),
    );
  return { shown: [await numberBefore(page, "lines?"), bars], answered: [answered, answered] };
}

/** Each row is a panel; a window is drawn for each. */
const PANELS: Readonly<Record<string, (desk: Desk) => Promise<Pair>>> = {
  "lines of logs and the bars above them": logLines,
  "a chart of PromQL": async (desk) => {
    const query = desk.luck.pick(PROMQL);
    await desk.learner.goto(`metrics?query=${encodeURIComponent(query)}&${between(randomWindow(desk, 300, 3_000))}`);
    return chartOf(desk, "prometheus/api/v1/query_range", query);
  },
  "a chart of LogQL": async (desk) => {
    const query = desk.luck.pick(LOGQL);
    await desk.learner.goto(`logs?logql=${encodeURIComponent(query)}&${between(randomWindow(desk, 300, 3_000))}`);
    return chartOf(desk, "loki/loki/api/v1/query_range", query);
  },
  traces: async (desk) => {
    const window = wholeSeconds(randomWindow(desk, 2, 6));
    const service = desk.luck.pick(SERVICES);
    await desk.learner.goto(`traces?service=${service}&${between(window)}`);
    const found = (await desk.ask("tempo/api/search", {
      q: `{ resource.service.name = "${service}" }`,
      start: String(window.fromUs / 1e6),
      end: String(window.toUs / 1e6),
      limit: String(TRACES_MAX),
    })) as { traces: readonly unknown[] };
    const answered = found.traces.length;
    expect(answered).toBeLessThan(TRACES_MAX);
    return { shown: [answered === 0 ? 0 : await numberBefore(desk.page, "traces?")], answered: [answered] };
  },
  alerts: async (desk) => {
    await desk.learner.open("Alerts");
    const answer = (await desk.ask("prometheus/api/v1/rules", { type: "alert" })) as {
      data: { groups: readonly { rules: readonly { state: string }[] }[] };
    };
    const states = answer.data.groups.flatMap(({ rules }) => rules.map(({ state }) => state));
    const countOf = (state: string): number => states.filter((one) => one === state).length;
    return {
      shown: [await numberBefore(desk.page, "firing"), await numberBefore(desk.page, "pending")],
      answered: [countOf("firing"), countOf("pending")],
    };
  },
  profiles: async (desk) => {
    const window = wholeSeconds(randomWindow(desk, 120, 1_500));
    const service = desk.luck.pick(SERVICES);
    await desk.learner.goto(`profiles?service=${service}&type=cpu&form=flame&${between(window)}`);
    const answer = (await desk.ask("pyroscope/pyroscope/render", {
      query: `process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="${service}"}`,
      from: String(window.fromUs / 1e6),
      until: String(window.toUs / 1e6),
    })) as { flamebearer: { numTicks: number } };
    // Pyroscope counts in nanoseconds.
    const answered = formatDurationUs(answer.flamebearer.numTicks / 1_000);
    const text = await textOf(desk.page.getByRole("main"));
    const shown = text.includes(` ${answered} (`) ? answered : text.slice(0, 400);
    return { shown: [shown], answered: [answered] };
  },
};

const stage = setStage();
let desk: Desk;

beforeAll(async () => {
  const { server, browser } = stage;
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const learner = new Workspace(page, server.url);
  await learner.take("Checkout is failing");
  await page.getByText(/^History \d+ %$/).waitFor({ state: "detached", timeout: 60_000 });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Go on" }).waitFor();
  await idle(page);
  const read = async (path: string): Promise<unknown> => (await page.request.get(`${server.url}${path}`)).json();
  const { clock } = (await read(`/api/runs/${learner.runId}`)) as { clock: { atUs: number } };
  const { token } = (await read(`/api/runs/${learner.runId}/access`)) as { token: string };
  const ask = async (path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> => {
    const answer = await page.request.get(`${server.url}/run/${learner.runId}/${path}`, {
      params: parameters,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status(), `${path} ${JSON.stringify(parameters)}: ${await answer.text()}`).toBe(200);
    return answer.json();
  };
  desk = { learner, page, luck: new Luck(20_260_303), nowUs: clock.atUs, ask };
});

test.each(Object.entries(PANELS))("%s: the screen and the API say the same", async (name, look) => {
  let numbers = 0;
  for (let window = 0; window < WINDOWS; window++) {
    const { shown, answered } = await look(desk);
    expect(shown, `${name}, window ${String(window)}: ${desk.page.url()}`).toEqual(answered);
    numbers += shown.filter((value) => value !== 0).length;
  }
  console.log(`${name}: ${String(numbers)} numbers agree over ${String(WINDOWS)} windows`);
});
