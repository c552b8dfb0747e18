/** Loki's tail over WebSocket: who may follow a run's lines, and that each look begins where the one before ended. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { RunAccessAnswer } from "../../server/wire/access.js";
import { HttpFixture } from "../fixtures/http-fixture.js";

let fixture: HttpFixture;
let runId: string;
let token: string;

beforeAll(async () => {
  fixture = await HttpFixture.start();
  const { body } = await fixture.ask("/api/runs", { json: { scenarioId: "checkout-errors" } });
  runId = (body as { id: string }).id;
  token = ((await fixture.ask(`/api/runs/${runId}/access`)).body as RunAccessAnswer).token;
});
afterAll(() => fixture.close());

const open = (path: string, headers: Readonly<Record<string, string>> = {}): WebSocket =>
  new WebSocket(`ws://127.0.0.1:${String(fixture.port)}/run/${path}`, { headers });

/** What the first `count` messages say was asked, by the lines in them. */
function linesOf(socket: WebSocket, count: number): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const lines: unknown[] = [];
    socket.on("message", (data: Buffer) => {
      const { streams } = JSON.parse(data.toString()) as { streams: [{ values: [[string, string]] }] };
      lines.push(JSON.parse(streams[0].values[0][1]));
      if (lines.length < count) return;
      socket.close();
      resolve(lines);
    });
    socket.on("error", reject);
  });
}

/** The status of the handshake. */
const statusOf = (socket: WebSocket): Promise<number | undefined> =>
  new Promise((resolve) => {
    socket.on("unexpected-response", (_request, { statusCode }) => resolve(statusCode));
    socket.on("open", () => resolve(101));
    socket.on("error", () => undefined);
  });

test("a tail sends what is new, from one look to the next", async () => {
  const socket = open(`${runId}/t/${token}/loki/loki/api/v1/tail?query={}`);
  expect(await linesOf(socket, 3)).toEqual([
    { cursor: null, wallMs: null },
    { cursor: "1", wallMs: null },
    { cursor: "2", wallMs: null },
  ]);
});

test("a tail goes by the client's clock where the address says so", async () => {
  const socket = open(`${runId}/wall/loki/api/v1/tail?query={}`, { authorization: `Bearer ${token}` });
  const [first] = await linesOf(socket, 1);
  expect(first).toEqual({ cursor: null, wallMs: fixture.wallMs });
});

test("nobody follows without the token, or from a foreign page", async () => {
  expect(await statusOf(open(`${runId}/loki/api/v1/tail?query={}`))).toBe(401);
  const path = `${runId}/t/${token}/loki/api/v1/tail?query={}`;
  expect(await statusOf(open(path, { origin: "http://elsewhere.example" }))).toBe(403);
});

test("a selector that can not be read closes the tail with what is wrong", async () => {
  const socket = open(`${runId}/t/${token}/loki/api/v1/tail?query={`);
  const closed = await new Promise((resolve) => {
    socket.on("close", (code, reason) => resolve([code, reason.toString()]));
  });
  expect(closed).toEqual([1008, "parse error"]);
});

test("a run has so many tails at a time", async () => {
  const path = `${runId}/t/${token}/loki/api/v1/tail?query={}`;
  const sockets = Array.from({ length: 10 }, () => open(path));
  expect(new Set(await Promise.all(sockets.map(statusOf)))).toEqual(new Set([101]));
  expect(await statusOf(open(path))).toBe(429);
  for (const socket of sockets) socket.close();
});
