/**
 * Alertmanager's API over a small world: the statuses and shapes of answers that a real one has recorded, silences made
 * and ended by clients, and the words of its refusals.
 */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { ApiAnswer } from "../../server/apis/api.js";
import { simTime } from "../../server/base/time.js";
import { encodeUtf8 } from "../../server/base/utf8.js";
import type { World } from "../../server/world/world.js";
import { RULES_FILE } from "../scenario/small-files.js";
import { askApi, askApiForOrder, jsonOf, smallWorld } from "../fixtures/small-world.js";

let world: World;

beforeAll(() => {
  world = smallWorld(120, [
    RULES_FILE,
    "up == 0",
    "count(up) > 0\n        annotations: { summary: It fails. }\n        labels: { severity: page }",
  ]);
});

const get = (path: string, parameters: Readonly<Record<string, string | readonly string[]>> = {}, clockAheadMs = 0) =>
  askApi(world, "alertmanager", path, { parameters, clockAheadMs });

const jsonAt = (path: string, parameters: Readonly<Record<string, string>> = {}): unknown => {
  const answer = get(path, parameters);
  expect(answer.httpStatus, String(answer.body)).toBe(200);
  return jsonOf(answer);
};

const sent = (method: "POST" | "DELETE", path: string, value?: unknown) => ({
  method,
  path,
  body: value === undefined ? new Uint8Array() : encodeUtf8(typeof value === "string" ? value : JSON.stringify(value)),
  contentType: "application/json",
});

/** Posts or deletes; what it orders is carried out as the run would do it. */
function order(method: "POST" | "DELETE", path: string, value?: unknown, clockAheadMs = 0): ApiAnswer {
  const { path: _, ...request } = sent(method, path, value);
  const asked = askApiForOrder(world, "alertmanager", path, { ...request, clockAheadMs });
  if (!("order" in asked)) return asked;
  orders++;
  world.act(`order-${String(orders)}`, asked.order, world.nowUs);
  return asked.answer;
}

let orders = 0;
const instantOf = (seconds: number): string => new Date(world.nowUs / 1e3 + seconds * 1e3).toISOString();

const silence = (value: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  matchers: [{ name: "alertname", value, isRegex: false }],
  startsAt: instantOf(0),
  endsAt: instantOf(600),
  createdBy: "me",
  comment: "known",
  ...more,
});

interface Golden {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly reqBody: string;
  readonly status: number;
  readonly resType?: string;
  readonly res: string;
}

const goldens = [
  ...new Map(
    readFileSync(new URL("../fixtures/golden/alertmanager.jsonl", import.meta.url), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Golden)
      .map((golden) => [`${golden.method} ${golden.url}`, golden] as const),
  ).values(),
];

/** Fields of free form. */
const FREE = new Set(["labels", "annotations"]);
/** What versions after the recorded one have added. */
const ADDED = new Set(["mutedBy", "routeLabels"]);

/** Kinds by path; an empty list says nothing of its elements. */
function shapeOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((element) => shapeOf(element, `${path}[]`)))];
  if (typeof value !== "object" || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (ADDED.has(name) || (name === "annotations" && path === "[]" && "matchers" in value)) return [];
    return FREE.has(name) ? [`${path}.${name}: map`] : shapeOf(inner, `${path}.${name}`);
  });
}

describe("answers have the shape of the recorded ones", () => {
  test.each(
    goldens
      .filter(({ method, url }) => method === "GET" && !url.includes("active=false"))
      .map((golden) => [golden.url, golden] as const),
  )("%s", (url, golden) => {
    const { pathname, searchParams } = new URL(url, "http://am");
    if (pathname.endsWith("silences")) order("POST", "api/v2/silences", silence("Other"));
    const parameters = Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
    const answer = get(pathname.slice(1), parameters);
    expect(answer.httpStatus).toBe(golden.status);
    expect(answer.contentType).toBe(golden.resType);
    if (golden.resType !== "application/json") expect(answer.body).toBe(golden.res);
    else expect([...shapeOf(jsonOf(answer))].sort()).toEqual([...shapeOf(JSON.parse(golden.res))].sort());
  });

  test("alerts carry what the metrics server has sent", () => {
    expect(jsonAt("api/v2/alerts")).toEqual([
      expect.objectContaining({
        labels: expect.objectContaining({ alertname: "BuyFails" }) as unknown,
        receivers: [{ name: "on-call" }],
        status: { state: "active", silencedBy: [], inhibitedBy: [], mutedBy: [] },
        generatorURL: expect.stringMatching(/^http:\/\/prometheus:9090\/graph\?g0\.expr=/) as unknown,
      }),
    ]);
  });
});

describe("filters", () => {
  test.each([
    [{ active: "false" }, 0],
    [{ filter: "alertname=BuyFails" }, 1],
    [{ filter: 'alertname!~"Buy.*"' }, 0],
    [{ receiver: "on-.*" }, 1],
    [{ receiver: "on" }, 0],
    [{ silenced: "false", inhibited: "false", unprocessed: "false" }, 1],
  ])("%j leave %d alerts, and as many groups", (parameters, expected) => {
    expect(jsonAt("api/v2/alerts", parameters as Readonly<Record<string, string>>)).toHaveLength(expected);
    expect(jsonAt("api/v2/alerts/groups", parameters as Readonly<Record<string, string>>)).toHaveLength(expected);
  });
});

describe("a silence", () => {
  test("quiets at once, is listed, and ends when it is deleted", () => {
    const { silenceID } = jsonOf(order("POST", "api/v2/silences", silence("BuyFails"))) as {
      readonly silenceID: string;
    };
    expect(jsonAt(`api/v2/silence/${silenceID}`)).toMatchObject({
      id: silenceID,
      status: { state: "active" },
      createdBy: "me",
      comment: "known",
      endsAt: instantOf(600),
      matchers: [{ name: "alertname", value: "BuyFails", isRegex: false, isEqual: true }],
    });
    expect(jsonAt("api/v2/alerts")).toMatchObject([{ status: { state: "suppressed", silencedBy: [silenceID] } }]);
    expect(jsonAt("api/v2/alerts", { silenced: "false" })).toEqual([]);
    expect(world.queries.alerts().rules.find(({ name }) => name === "BuyFails")?.alerts[0]?.silencedUntilUs).toBe(
      world.nowUs + 600e6,
    );
    expect(order("DELETE", `api/v2/silence/${silenceID}`)).toMatchObject({ httpStatus: 200, body: "" });
    expect(jsonAt(`api/v2/silence/${silenceID}`)).toMatchObject({ status: { state: "expired" } });
    expect(jsonAt("api/v2/alerts")).toMatchObject([{ status: { state: "active" } }]);
    expect(order("DELETE", `api/v2/silence/${silenceID}`)).toMatchObject({
      httpStatus: 500,
      body: `"silence ${silenceID} already expired"`,
    });
    expect(world.queries.changes().map(({ title }) => title)).toContain('Silence alertname="BuyFails"');
  });

  test("keeps its id while its end moves, and gets another where its matchers change", () => {
    const first = jsonOf(order("POST", "api/v2/silences", silence("Moved"))) as { readonly silenceID: string };
    const { startsAt } = jsonAt(`api/v2/silence/${first.silenceID}`) as { readonly startsAt: string };
    const longer = { id: first.silenceID, startsAt, endsAt: instantOf(1_200) };
    expect(jsonOf(order("POST", "api/v2/silences", silence("Moved", longer)))).toEqual(first);
    expect(jsonAt(`api/v2/silence/${first.silenceID}`)).toMatchObject({ startsAt, endsAt: instantOf(1_200) });
    const other = jsonOf(order("POST", "api/v2/silences", silence("Else", longer))) as { readonly silenceID: string };
    expect(other.silenceID).not.toBe(first.silenceID);
    expect(jsonAt(`api/v2/silence/${first.silenceID}`)).toMatchObject({ status: { state: "expired" } });
  });

  test("has the times of the client's clock", () => {
    const ahead = 3_600_000;
    const shifted = (text: string): string => new Date(Date.parse(text) + ahead).toISOString();
    const body = silence("Wall", { startsAt: shifted(instantOf(60)), endsAt: shifted(instantOf(120)) });
    const { silenceID } = jsonOf(order("POST", "api/v2/silences", body, ahead)) as { readonly silenceID: string };
    expect(jsonAt(`api/v2/silence/${silenceID}`)).toMatchObject({
      startsAt: instantOf(60),
      status: { state: "pending" },
    });
    expect(jsonOf(get(`api/v2/silence/${silenceID}`, {}, ahead))).toMatchObject({ startsAt: shifted(instantOf(60)) });
  });

  test("is found by what its matchers say, those in force first", () => {
    const states = (jsonAt("api/v2/silences") as readonly { readonly status: { readonly state: string } }[]).map(
      ({ status }) => status.state,
    );
    const ranks = ["active", "pending", "expired"];
    expect(states).toEqual([...states].sort((one, other) => ranks.indexOf(one) - ranks.indexOf(other)));
    expect([...new Set(states)]).toEqual(ranks);
    expect(jsonAt("api/v2/silences", { filter: "alertname=Wall" })).toHaveLength(1);
    expect(jsonAt("api/v2/silences", { expired: "false", active: "false" })).toMatchObject([
      { matchers: [{ value: "Wall" }] },
    ]);
  });

  test("ends by itself as the clock goes on", () => {
    const before = world.nowUs;
    order("POST", "api/v2/silences", silence("BuyFails", { endsAt: instantOf(30) }));
    world.advance(simTime(before + 31e6));
    expect(jsonAt("api/v2/alerts")).toMatchObject([{ status: { state: "active" } }]);
  });
});

describe("refusals in the words of the real one", () => {
  const uuid = "87469a09-bb6b-444b-9ba1-e6c7c9a18971";
  test.each([
    ["GET", "api/v2/alerts?filter=foo", undefined, 400, '"bad matcher format: foo"'],
    ["GET", "api/v2/alerts?receiver=(", undefined, 400, /^"failed to parse receiver param: .*missing closing/],
    [
      "GET",
      "api/v2/silence/abc",
      undefined,
      422,
      '{"code":601,"message":"silenceID in path must be of type uuid: \\"abc\\""}',
    ],
    ["GET", `api/v2/silence/${uuid}`, undefined, 404, ""],
    ["DELETE", `api/v2/silence/${uuid}`, undefined, 404, ""],
    [
      "POST",
      "api/v2/silences",
      { matchers: [] },
      422,
      '{"code":602,"message":"matchers in body should have at least 1 items"}',
    ],
    [
      "POST",
      "api/v2/silences",
      { endsAt: "2020-01-01T00:00:00Z" },
      400,
      '"Failed to create silence: start time must be before end time"',
    ],
    [
      "POST",
      "api/v2/silences",
      { startsAt: "2019-01-01T00:00:00Z", endsAt: "2020-01-01T00:00:00Z" },
      400,
      `"Failed to create silence: end time can't be in the past"`,
    ],
    [
      "POST",
      "api/v2/silences",
      { matchers: [{ name: "a", value: ".*", isRegex: true }] },
      400,
      '"silence invalid: at least one matcher must not match the empty string"',
    ],
    [
      "POST",
      "api/v2/silences",
      { matchers: [{ name: "a", value: "b(", isRegex: true }] },
      400,
      /^"silence invalid: invalid label matcher 0: .*missing closing/,
    ],
    ["POST", "api/v2/silences", { comment: undefined }, 422, '{"code":602,"message":"comment in body is required"}'],
    ["POST", "api/v2/silences", { id: uuid }, 404, '"silence not found"'],
    ["POST", "api/v2/silences", "{", 400, /no JSON/],
    ["POST", "api/v2/alerts", {}, 400, /metrics server of its run only/],
    ["POST", "api/v2/status", {}, 405, /method POST is not allowed/],
    ["GET", "api/v2/nope", undefined, 404, '{"code":404,"message":"path /api/v2/nope was not found"}'],
  ] as const)("%s %s with %j", (method, address, value, httpStatus, body) => {
    const { pathname, searchParams } = new URL(address, "http://am/");
    const path = pathname.slice(1);
    const given = typeof value === "string" || value === undefined ? value : silence("x", value);
    const answer = method === "GET" ? get(path, Object.fromEntries(searchParams)) : order(method, path, given);
    expect(answer.httpStatus).toBe(httpStatus);
    if (typeof body === "string") expect(answer.body).toBe(body);
    else expect(answer.body).toMatch(body);
  });
});

test("the run's own action refuses a matcher that cannot be read", () => {
  const matchers = [{ name: "a", value: "b(", isRegex: true, isEqual: true }];
  const rest = { id: "x", startsAt: world.nowUs, endsAt: world.nowUs + 1e9, createdBy: "", comment: "" };
  expect(() => world.act("bad", { kind: "post-silence", matchers, ...rest }, world.nowUs)).toThrow(/missing closing/);
});

test("tells of itself under the names of the real one", () => {
  const text = String(get("metrics").body);
  expect(text).toMatch(/^alertmanager_alerts\{state="active"\} 1$/m);
  expect(text).toMatch(/^alertmanager_notifications_total\{integration="pagerduty"\} [1-9]/m);
  expect(text).toMatch(/^alertmanager_silences\{state="pending"\} 1$/m);
  expect(text).toMatch(/^# HELP alertmanager_alerts_received_total The total number of received alerts\.$/m);
});

test("is described in the catalogue of the run's metrics", () => {
  const metrics = new Map(world.queries.catalogue().metrics.map((metric) => [metric.name, metric]));
  expect(metrics.get("alertmanager_silences")).toMatchObject({ type: "gauge", help: "How many silences by state." });
});
