/** Exports by order over HTTP: where they may go, what an order has to be, how one is looked at and stopped. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExportStatus } from "../../server/wire/export.js";
import { HttpFixture } from "../fixtures/http-fixture.js";

let fixture: HttpFixture;
let path: string;

beforeAll(async () => {
  fixture = await HttpFixture.start();
  const { body } = await fixture.ask("/api/runs", { json: { scenarioId: "checkout-errors" } });
  path = `/api/runs/${(body as { id: string }).id}/exports`;
});
afterAll(() => fixture.close());

const ALLOWED = "http://127.0.0.1:9/allowed";

test.each([
  [{ to: "http://127.0.0.1:9/other", format: "otlp-json" }, 403, "FIREDRILL_EXPORT_TARGETS"],
  [{ to: "http://169.254.169.254/latest", format: "otlp-json" }, 403, "FIREDRILL_EXPORT_TARGETS"],
  [{ to: "file:///etc/passwd", format: "otlp-json" }, 400, "to"],
  [{ to: ALLOWED, format: "csv" }, 400, "csv"],
  [{ to: ALLOWED, format: "remote-write", signals: ["logs"] }, 400, "metrics only"],
  [{ to: ALLOWED, format: "openmetrics", live: true }, 400, "live"],
  [{ to: ALLOWED, format: "otlp-json", headers: { "X-A": "a\r\nX-B: b" } }, 400, "headers"],
])("%j is refused with %d", async (json, status, word) => {
  const answer = await fixture.ask(path, { json });
  expect(answer.status, answer.text).toBe(status);
  expect(answer.text).toContain(word);
});

test("an order is begun, listed without its headers, and stopped", async () => {
  const json = {
    to: ALLOWED,
    format: "otlp-json",
    signals: ["logs"],
    live: true,
    headers: { Authorization: "secret" },
  };
  const begun = await fixture.ask(path, { json });
  expect(begun.status, begun.text).toBe(201);
  const { id } = begun.body as ExportStatus;
  const listed = await fixture.ask(path);
  expect(listed.body).toMatchObject([{ id, order: { to: ALLOWED, format: "otlp-json", live: true } }]);
  expect(listed.text).not.toContain("secret");
  const stopped = await fixture.ask(`${path}/stop`, { json: { id } });
  // The world of this fixture knows no exports: what it says is the end of it.
  expect((stopped.body as ExportStatus[])[0]?.state).toMatch(/stopped|failed/);
  expect((await fixture.ask(`${path}/stop`, { json: { id: "nothing" } })).status).toBe(404);
  expect((await fixture.ask("/api/runs/none/exports")).status).toBe(404);
});
