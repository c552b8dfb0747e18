/** Who may read a run by the APIs of real tools, how, and how much; in the words of each tool. */
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REQUESTS_AT_A_TIME_MAX, RequestBudget } from "../../server/http/request-budget.js";
import { openAccessSecret, RunAccess } from "../../server/http/run-access.js";
import type { RunAccessAnswer } from "../../server/wire/access.js";
import { HttpFixture } from "../fixtures/http-fixture.js";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

let fixture: HttpFixture;
let runId: string;
let otherId: string;
let token: string;

const newRun = async (): Promise<string> => {
  const { body } = await fixture.ask("/api/runs", { json: { scenarioId: "checkout-errors" } });
  return (body as { id: string }).id;
};

beforeAll(async () => {
  fixture = await HttpFixture.start();
  runId = await newRun();
  otherId = await newRun();
  const { body } = await fixture.ask(`/api/runs/${runId}/access`);
  ({ token } = body as RunAccessAnswer);
});
afterAll(() => fixture.close());

const ask = (path: string, options: Parameters<HttpFixture["ask"]>[1] = {}) => fixture.ask(`/run/${path}`, options);
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("a token", () => {
  test("is taken from the path, as bearer, as password", async () => {
    for (const [path, authorization] of [
      [`${runId}/t/${token}/prometheus/api/v1/query`, undefined],
      [`${runId}/prometheus/api/v1/query`, `Bearer ${token}`],
      [`${runId}/prometheus/api/v1/query`, `bearer ${token}`],
      [`${runId}/prometheus/api/v1/query`, basic("anyone", token)],
    ] as const) {
      const answer = await ask(path, authorization === undefined ? {} : { headers: { authorization } });
      expect(answer.status, answer.text).toBe(200);
      expect(answer.body).toMatchObject({ path: "api/v1/query", clockAheadMs: null });
      expect(answer.headers["cache-control"]).toBe("no-store");
    }
  });

  test("is good for its own run only, and nothing goes without one", async () => {
    for (const [path, headers] of [
      [`${runId}/prometheus/api/v1/query`, {}],
      [`${runId}/t/wrong/prometheus/api/v1/query`, {}],
      [`${otherId}/t/${token}/prometheus/api/v1/query`, {}],
      [`${runId}/prometheus/api/v1/query`, { authorization: basic(token, "") }],
      [`${runId}/prometheus/api/v1/query`, { authorization: "Digest x" }],
    ] as const) {
      const answer = await ask(path, { headers });
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toContain("Basic realm");
      expect(answer.body).toMatchObject({ status: "error", errorType: "unauthorized" });
    }
  });

  test("of a run that is not there leads nowhere", async () => {
    const access = new RunAccess(Buffer.alloc(32, 7));
    const answer = await ask(`nope/t/${access.tokenOf("nope")}/prometheus/api/v1/query`);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ status: "error", errorType: "not_found" });
  });

  test("comes from a secret that outlives the server", () => {
    const directory = mkdtempSync(join(tmpdir(), "firedrill-access-"));
    try {
      const first = new RunAccess(openAccessSecret(directory));
      const second = new RunAccess(openAccessSecret(directory));
      expect(second.tokenOf("a")).toBe(first.tokenOf("a"));
      expect(second.tokenOf("b")).not.toBe(first.tokenOf("a"));
      expect(statSync(join(directory, "access.key")).mode & 0o077).toBe(0);
      writeFileSync(join(directory, "access.key"), "short");
      expect(new RunAccess(openAccessSecret(directory)).tokenOf("a")).not.toBe(first.tokenOf("a"));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("Grafana's file", () => {
  interface Provisioning {
    readonly apiVersion: number;
    readonly datasources: readonly {
      readonly uid: string;
      readonly type: string;
      readonly url: string;
      readonly jsonData: Readonly<Record<string, unknown>>;
      readonly secureJsonData: { readonly httpHeaderValue1: string };
    }[];
  }
  const read = async (search = ""): Promise<Provisioning> => {
    const answer = await ask(`${runId}/t/${token}/grafana/provisioning.yaml${search}`);
    expect(answer.status, answer.text).toBe(200);
    return parse(answer.text) as Provisioning;
  };

  test("has addresses and headers that lead to the run's tools", async () => {
    const { apiVersion, datasources } = await read();
    expect(apiVersion).toBe(1);
    expect(datasources.map(({ type }) => type)).toEqual(expect.arrayContaining(["prometheus", "loki", "tempo"]));
    for (const { url, secureJsonData } of datasources) {
      const { origin, pathname } = new URL(url);
      expect(origin).toBe(`http://127.0.0.1:${String(fixture.port)}`);
      const headers = { authorization: secureJsonData.httpHeaderValue1 };
      // The world of these tests knows one tool, and says so of the others: nobody is turned away.
      const answer = await fixture.ask(`${pathname}/api/v1/query`, { headers });
      if (pathname.endsWith("/prometheus")) expect(answer.body).toMatchObject({ wallMs: fixture.wallMs });
      else expect(answer.status).not.toBe(401);
    }
  });

  test("links data sources that are in it", async () => {
    const { datasources } = await read();
    const linked = [...JSON.stringify(datasources).matchAll(/"datasourceUid":"([^"]+)"/g)].map(([, uid]) => uid);
    expect(linked.length).toBeGreaterThan(2);
    expect(datasources.map(({ uid }) => uid)).toEqual(expect.arrayContaining(linked));
  });

  test("is in simulated times for who wants them", async () => {
    const { datasources } = await read("?clock=simulated");
    expect(datasources.map(({ url }) => url).filter((url) => url.includes("/wall/"))).toEqual([]);
  });

  test("needs the token, a run and its own address", async () => {
    expect((await ask(`${runId}/grafana/provisioning.yaml`)).status).toBe(401);
    const nope = new RunAccess(Buffer.alloc(32, 7)).tokenOf("nope");
    expect((await ask(`nope/t/${nope}/grafana/provisioning.yaml`)).status).toBe(404);
    expect((await ask(`${runId}/t/${token}/grafana/else`)).status).toBe(404);
  });
});

describe("a request", () => {
  const base = () => `${runId}/t/${token}`;
  const otherBase = () => `${otherId}/t/${new RunAccess(Buffer.alloc(32, 7)).tokenOf(otherId)}`;

  test("has parameters of address and form together, and its path decoded", async () => {
    const answer = await ask(`${base()}/prometheus/api/v1/label/a%20b/values?match[]=up&x=1`, {
      method: "POST",
      raw: "x=2&match%5B%5D=%7Bjob%3D%22a%22%7D",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(answer.body).toMatchObject({
      path: "api/v1/label/a b/values",
      parameters: { "match[]": ["up", '{job="a"}'], x: ["1", "2"] },
    });
  });

  test("of a client with a clock of its own says where that stands", async () => {
    const answer = await ask(`${base()}/wall/prometheus/api/v1/query`);
    expect(answer.body).toMatchObject({ wallMs: fixture.wallMs });
  });

  test("is compressed for who takes that", async () => {
    const path = `/run/${base()}/prometheus/long`;
    const response = await fetch(`http://127.0.0.1:${String(fixture.port)}${path}`, {
      headers: { "accept-encoding": "gzip" },
    });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect((await response.text()).length).toBeGreaterThan(1_024);
    const plain = await ask(`${base()}/prometheus/long`);
    expect(plain.headers["content-encoding"]).toBeUndefined();
  });

  test("whose answer is a compressed file gets it as one", async () => {
    const response = await fetch(`http://127.0.0.1:${String(fixture.port)}/run/${base()}/prometheus/file`);
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(gunzipSync(Buffer.from(await response.arrayBuffer())).toString()).toBe("a file");
  });

  test("that fails is told in the tool's own form, without what only the server may know", async () => {
    const answer = await ask(`${base()}/prometheus/break`);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatchObject({ status: "error", errorType: "internal" });
    expect(fixture.reported.length).toBeGreaterThan(0);
  });

  test("that is too large is refused", async () => {
    const answer = await ask(`${base()}/prometheus/api/v1/read`, { method: "POST", raw: "x".repeat(1_100_000) });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain("bytes of a body");
    const headers = { "content-encoding": "gzip" };
    const bomb = gzipSync(Buffer.alloc(1_100_000));
    expect((await ask(`${base()}/prometheus/api/v1/read`, { method: "POST", raw: bomb, headers })).status).toBe(413);
    const broken = await ask(`${base()}/prometheus/api/v1/read`, { method: "POST", raw: "plain", headers });
    expect(broken.status).toBe(400);
  });

  test("of another method is refused, and told which are taken", async () => {
    for (const [method, tool, allowed] of [
      ["PATCH", "prometheus/api/v1/query", "GET, HEAD, POST, OPTIONS"],
      ["DELETE", "loki/loki/api/v1/query", "GET, HEAD, POST, OPTIONS"],
      ["POST", "tempo/api/search", "GET, HEAD, OPTIONS"],
      ["PUT", "alertmanager/api/v2/silences", "GET, HEAD, POST, DELETE, OPTIONS"],
    ] as const) {
      const answer = await ask(`${base()}/${tool}`, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers["allow"]).toBe(allowed);
    }
    const asked = await ask(`${runId}/prometheus/api/v1/query`, { method: "OPTIONS" });
    expect(asked.status).toBe(204);
    expect(asked.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("of the head alone has the length of the body and no body", async () => {
    const whole = await ask(`${base()}/prometheus/long`);
    const head = await ask(`${base()}/prometheus/long`, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.text).toBe("");
    expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(whole.text)));
  });

  test("may have slashes too many", async () => {
    for (const path of ["prometheus//api/v1/query", "prometheus/api/v1/query/"])
      expect((await ask(`${base()}/${path}`)).body).toMatchObject({ path: "api/v1/query" });
  });

  test("has a body in any of the usual encodings", async () => {
    const form = "query=up";
    for (const [encoding, raw] of [
      ["gzip", gzipSync(form)],
      ["deflate", deflateSync(form)],
      ["br", brotliCompressSync(form)],
      ["identity", Buffer.from(form)],
    ] as const) {
      const headers = { "content-encoding": encoding, "content-type": "application/x-www-form-urlencoded" };
      const answer = await ask(`${base()}/prometheus/api/v1/query`, { method: "POST", raw, headers });
      expect(answer.body, encoding).toMatchObject({ parameters: { query: ["up"] } });
    }
    const headers = { "content-encoding": "zstd" };
    const unknown = await ask(`${base()}/prometheus/api/v1/query`, { method: "POST", raw: "x", headers });
    expect(unknown.status).toBe(415);
    expect(unknown.body).toMatchObject({ status: "error" });
  });

  test("beyond the budget is told to come again", async () => {
    const hasty = Array.from({ length: REQUESTS_AT_A_TIME_MAX * 12 }, () => ask(`${otherBase()}/prometheus/long`));
    const refused = (await Promise.all(hasty)).find(({ status }) => status !== 200);
    expect(refused?.status).toBe(429);
    expect(refused?.headers["retry-after"]).toBe("1");
    expect(refused?.text).toMatch(/limit of requests to a run/);
  });

  test("for no tool is the client's page", async () => {
    expect((await ask(`${runId}/metrics`)).text).toContain("<title>Firedrill</title>");
    const wrong = await ask(`${base()}/nagios/status`);
    expect(wrong.status).toBe(404);
    expect(wrong.text).toContain("Tools are prometheus");
    expect(wrong.text).not.toContain(token);
  });

  test("that orders something is carried out as an action of the run", async () => {
    await fixture.ask(`/api/runs/${runId}`);
    const before = (await fixture.ask(`/api/runs/${runId}/events?after=0`)).body as readonly unknown[];
    const answer = await ask(`${base()}/prometheus/order`, { method: "POST" });
    const after = (await fixture.ask(`/api/runs/${runId}/events?after=0`)).body as readonly unknown[];
    if (answer.status === 200) {
      expect(answer.body).toEqual({ silenceID: "one" });
      expect(after.length).toBe(before.length + 1);
    } else {
      // Nothing can be done to a run that has not been started: said so, and nothing was written.
      expect(answer.body).toMatchObject({ status: "error" });
      expect(after.length).toBe(before.length);
    }
  });
});

describe("pages of other origins", () => {
  const path = (): string => `${runId}/t/${token}/prometheus/api/v1/query`;

  test("that were named may read, and ask before", async () => {
    const origin = "http://grafana.example:3000";
    const asked = await ask(path(), { method: "OPTIONS", headers: { origin } });
    expect(asked.status).toBe(204);
    expect(asked.headers["access-control-allow-origin"]).toBe(origin);
    expect(asked.headers["access-control-allow-headers"]).toContain("Authorization");
    const posted = await ask(path(), { method: "POST", raw: "query=up", headers: { origin } });
    expect(posted.status).toBe(200);
    expect(posted.headers["cross-origin-resource-policy"]).toBe("cross-origin");
  });

  test("that were not may not", async () => {
    const origin = "http://elsewhere.example";
    const read = await ask(path(), { headers: { origin } });
    expect(read.headers["access-control-allow-origin"]).toBeUndefined();
    const posted = await ask(path(), { method: "POST", raw: "query=up", headers: { origin } });
    expect(posted.status).toBe(403);
    const named = await ask(path(), { headers: { host: "firedrill.example" } });
    expect(named.status).toBe(403);
  });
});

describe("the budget of a run", () => {
  test("bounds what is under way at a time", () => {
    const budget = new RequestBudget(() => 0);
    const leave = Array.from({ length: REQUESTS_AT_A_TIME_MAX }, () => budget.enter("a"));
    expect(() => budget.enter("a")).toThrow(/requests to a run at a time.*33/);
    budget.enter("b");
    leave[0]?.();
    expect(() => budget.enter("a")).not.toThrow();
  });

  test("lets a burst through and then so many a second", () => {
    let nowMs = 0;
    const budget = new RequestBudget(() => nowMs);
    const taken = (): number => {
      for (let count = 0; ; count++) {
        try {
          budget.enter("a")();
        } catch {
          return count;
        }
      }
    };
    expect(taken()).toBe(300);
    nowMs += 1_000;
    expect(taken()).toBe(50);
    nowMs += 3_600_000;
    expect(taken()).toBe(300);
  });
});
