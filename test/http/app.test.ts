import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WorldFailure } from "../../server/world/handle.js";
import { routes } from "../../server/http/routes.js";
import { leaks, reference, STARTS_AT_US, submit } from "../fixtures/run-fixture.js";
import { SECRET } from "../fixtures/fake-world.js";
import { HttpFixture, type Answer } from "../fixtures/http-fixture.js";
import { settle } from "../fixtures/manual-clock.js";

let fixture: HttpFixture;
let runId: string;
beforeAll(async () => {
  fixture = await HttpFixture.start();
  const { body } = await fixture.ask("/api/runs", { json: { scenarioId: "checkout-errors" } });
  runId = (body as { id: string }).id;
});
afterAll(() => fixture.close());

const errorOf = ({
  body,
}: Answer): { readonly code: string; readonly message: string; readonly diagnostics?: readonly unknown[] } =>
  (body as { error: { code: string; message: string } }).error;

const window = { fromUs: STARTS_AT_US - 1_000_000, toUs: STARTS_AT_US };
/** A body that each POST route takes. */
const goodBodies: Readonly<Record<string, unknown>> = {
  "/api/runs": { scenarioId: "checkout-errors" },
  "/api/runs/:runId/logs/search": { ...window, offset: 0, limit: 100 },
  "/api/runs/:runId/logs/histogram": { ...window, buckets: 60 },
  "/api/runs/:runId/logs/fields": { ...window, levels: ["error"], text: "x" },
  "/api/runs/:runId/logs/patterns": { ...window, baseline: window, buckets: 60 },
  "/api/runs/:runId/logs/field-series": { ...window, field: "level", buckets: 60 },
  "/api/runs/:runId/logs/context": { id: "1-7", before: 5, after: 5 },
  "/api/runs/:runId/logs/logql": { text: "{}" },
  "/api/runs/:runId/profiles/tree": { ...window, kind: "cpu", service: "checkout", nodesMax: 100, slices: 0 },
  "/api/runs/:runId/profiles/timeline": { ...window, kind: "cpu", service: "checkout", groupBy: "version" },
  "/api/runs/:runId/traces/explore": { ...window, query: "{}", order: "newest", limit: 10, columns: 10, rows: 5 },
  "/api/runs/:runId/traces/set": { ...window, query: "{}" },
  "/api/runs/:runId/traces/check": { query: "{}" },
  "/api/runs/:runId/compare": {
    signal: "spans",
    selection: { window, query: "{}" },
    baseline: { window, query: "{}" },
    sample: 100,
  },
  "/api/runs/:runId/traces/search": { ...window, limit: 10, order: "newest" },
  "/api/runs/:runId/page-views": { ...window, by: "page", filters: {} },
  "/api/runs/:runId/map": window,
  "/api/runs/:runId/ledger": window,
  "/api/runs/:runId/exports": { to: "http://127.0.0.1:9/allowed", format: "otlp-json" },
  "/api/runs/:runId/exports/stop": { id: "all" },
  "/api/runs/:runId/actions/plan": { kind: "restart", service: "checkout" },
};

const pathOf = (path: string, id: string): string =>
  path.replace(":runId", id).replace(":traceId", "abc").replace("*endpoint", "query");

const jsonPosts = routes
  .filter(({ methods, errors }) => errors === "api" && methods.includes("POST"))
  .map(({ path }) => path);
const ofRuns = routes.filter(({ path }) => path.includes(":runId"));

describe("every route", () => {
  test.each(routes.filter(({ permission }) => permission !== "debriefed"))(
    "$path answers",
    async ({ path, methods }) => {
      const json = goodBodies[path];
      const answer = await fixture.ask(pathOf(path, runId), methods[0] === "POST" ? { json } : {});
      expect(answer.status, answer.text).toBeLessThan(300);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
      expect(answer.headers["content-security-policy"]).toContain("default-src 'self'");
    },
  );

  test.each(ofRuns)("$path of an unknown run is 404", async ({ path, methods }) => {
    const answer = await fixture.ask(pathOf(path, "nope"), methods[0] === "POST" ? { json: goodBodies[path] } : {});
    expect(answer.status).toBe(404);
    expect(answer.text).toMatch(/There is no run/);
  });

  test.each(routes)("$path does not take DELETE", async ({ path }) => {
    const answer = await fixture.ask(pathOf(path, runId), { method: "DELETE" });
    expect(answer.status).toBe(405);
    expect(answer.headers["allow"]).toMatch(/GET|POST/);
  });
});

describe.each(jsonPosts)("%s", (path) => {
  const post = (options: object): Promise<Answer> => fixture.ask(pathOf(path, runId), { method: "POST", ...options });
  const asJson = { "content-type": "application/json" };

  test("says where JSON breaks", async () => {
    const answer = await post({ raw: '{\n  "a": x\n}', headers: asJson });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toMatchObject({ code: "bad-request", diagnostics: [{ line: 2, column: 8 }] });
  });

  test("refuses unknown and missing fields by name", async () => {
    const answer = await post({ json: { surprise: 1 } });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).diagnostics?.length).toBeGreaterThan(0);
  });

  test.each([
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "1"],
  ])("refuses %s", async (_what, raw) => {
    expect((await post({ raw, headers: asJson })).status).toBe(400);
  });

  test("refuses another type of body", async () => {
    expect((await post({ raw: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } })).status).toBe(
      400,
    );
  });

  test("refuses a body that is too large", async () => {
    const answer = await post({ raw: JSON.stringify("x".repeat(70_000)), headers: asJson });
    expect(answer.status).toBe(413);
    expect(errorOf(answer).code).toBe("limit");
  });

  test("refuses bytes that are no UTF-8", async () => {
    expect((await post({ raw: Buffer.from([0x22, 0xff, 0x22]), headers: asJson })).status).toBe(400);
  });
});

describe("bad addresses", () => {
  test("unknown ones are 404 with JSON", async () => {
    expect(errorOf(await fixture.ask("/api/nope")).code).toBe("not-found");
    expect((await fixture.ask("/nope")).status).toBe(404);
  });

  test("half a percent sign is 400", async () => {
    expect((await fixture.ask("/api/runs/%E0%A4%A")).status).toBe(400);
  });

  test("a position in the log that is no number is 400", async () => {
    expect((await fixture.ask(`/api/runs/${runId}/events?after=x`)).status).toBe(400);
    expect((await fixture.ask(`/api/runs/${runId}/events?after=-1`)).status).toBe(400);
  });

  test("an action that the world refuses is a conflict with its reason", async () => {
    const answer = await fixture.ask(`/api/runs/${runId}/actions/plan`, {
      json: { kind: "scale", service: "a", instances: 0 },
    });
    expect(answer.status).toBe(409);
    expect(errorOf(answer).message).toBe("A service needs an instance.");
  });

  test("a trace that was not kept is 404", async () => {
    expect((await fixture.ask(`/api/runs/${runId}/traces/none`)).status).toBe(404);
  });
});

describe("who may ask", () => {
  test("a foreign name of this server is refused, whatever is asked", async () => {
    const answer = await fixture.ask("/api/scenarios", { headers: { host: "evil.example:4600" } });
    expect(answer.status).toBe(403);
    expect((await fixture.ask("/api/scenarios", { headers: { host: "localhost:1" } })).status).toBe(200);
  });

  test("a page of another site can change nothing", async () => {
    const json = { scenarioId: "checkout-errors" };
    expect((await fixture.ask("/api/runs", { json, headers: { origin: "https://evil.example" } })).status).toBe(403);
    expect((await fixture.ask("/api/runs", { json, headers: { origin: "null" } })).status).toBe(403);
    const own = { origin: `http://127.0.0.1:${String(fixture.port)}` };
    expect((await fixture.ask("/api/runs", { json, headers: own })).status).toBe(201);
  });
});

describe("Prometheus paths", () => {
  const base = (): string => `/api/runs/${runId}/prometheus/api/v1`;

  test("take parameters from the address and from a form, and segments of the endpoint", async () => {
    const form = {
      method: "POST",
      raw: "query=up&match[]=a",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    };
    const { body } = await fixture.ask(`${base()}/label/job/values?match[]=b`, form);
    expect(body).toMatchObject({
      status: "success",
      data: { endpoint: "label/job/values", parameters: { "match[]": ["b", "a"], query: ["up"] } },
    });
  });

  test("answer errors as Prometheus does", async () => {
    expect(await fixture.ask(`${base()}/query?query=bad(`)).toMatchObject({
      status: 400,
      body: { errorType: "bad_data" },
    });
    expect((await fixture.ask("/api/runs/nope/prometheus/api/v1/query")).body).toMatchObject({
      status: "error",
      errorType: "not_found",
    });
  });
});

describe("the client", () => {
  test.each(["/", "/run/abc/logs?from=now-15m"])("%s is the page", async (path) => {
    const answer = await fixture.ask(path);
    expect(answer.text).toContain("<title>Firedrill</title>");
    expect(answer.headers["cache-control"]).toBe("no-cache");
  });

  test("assets come compressed where the browser takes it, and are kept", async () => {
    const plain = await fixture.ask("/assets/main-abc.js");
    expect(plain).toMatchObject({ text: "plain" });
    const small = await fixture.ask("/assets/main-abc.js", { headers: { "accept-encoding": "gzip, br" } });
    expect(small.text).toBe("brotli");
    expect(small.headers).toMatchObject({
      "content-encoding": "br",
      "cache-control": "public, max-age=31536000, immutable",
    });
    expect(small.headers["content-type"]).toMatch(/javascript/);
  });

  test.each(["/../outside.txt", "/assets/../../outside.txt", "/%2e%2e/outside.txt", "/assets/main-abc.js%00"])(
    "%s does not leave its directory",
    async (path) => {
      expect((await fixture.ask(path)).status).toBe(404);
    },
  );
});

test("a world that fails says nothing of why, and the server's output does", async () => {
  const { body } = await fixture.ask("/api/runs", { json: { scenarioId: "checkout-errors" } });
  const { id } = body as { id: string };
  await settle();
  fixture.runs.worlds.failure = new WorldFailure(`${SECRET} broke at /srv/somewhere/x.ts`);
  const answer = await fixture.ask(`/api/runs/${id}/prometheus/api/v1/query?query=break`);
  expect(answer.status).toBe(503);
  expect(leaks(answer.text)).toBe(false);
  expect(fixture.reported).toContain(fixture.runs.worlds.failure);
});

test("an error that nobody expected is 500 without its text", async () => {
  fixture.runs.worlds.failure = new TypeError(`${SECRET} at /srv/somewhere/x.ts`);
  const answer = await fixture.ask(`/api/runs/${runId}/prometheus/api/v1/query?query=break`);
  expect(answer.status).toBe(500);
  expect(answer.text).not.toMatch(/SECRET|home|TypeError/);
});

describe("secrecy", () => {
  /** Everything that a learner can ask over HTTP, with what came back. */
  async function walk(
    id: string,
  ): Promise<readonly { readonly path: string; readonly permission: string; readonly answer: Answer }[]> {
    const walked = [];
    for (const { path, methods, permission } of routes) {
      for (const method of methods) {
        const json = method === "POST" ? (goodBodies[path] ?? undefined) : undefined;
        const answer = await fixture.ask(pathOf(path, id), json === undefined ? { method } : { json });
        walked.push({ path, permission, answer });
      }
    }
    return walked;
  }

  test("no route shows the answer before the debrief; afterwards it is there", async () => {
    const id = await fixture.runs.createStarted();
    await fixture.runs.send(id, { kind: "look", reference });
    for (const state of ["investigating", "submitted"]) {
      if (state === "submitted") {
        fixture.runs.worlds.gate = new Promise((resolve) => (release = resolve));
        await fixture.runs.send(id, submit);
      }
      for (const { path, permission, answer } of await walk(id)) {
        expect(leaks(answer.text + JSON.stringify(answer.headers)), `${path} while ${state}`).toBe(false);
        if (permission === "debriefed") expect(answer.status, path).toBe(403);
      }
    }
    release();
    await settle();
    const after = await walk(id);
    const shown = after.filter(({ permission }) => permission === "debriefed");
    expect(shown.every(({ answer }) => answer.status === 200)).toBe(true);
    expect(shown.filter(({ answer }) => leaks(answer.text)).map(({ path }) => path)).toEqual([
      "/api/runs/:runId/debrief",
      "/api/runs/:runId/postmortem.md",
    ]);
  });

  let release = (): void => undefined;
});
