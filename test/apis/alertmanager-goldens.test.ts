/**
 * A recorded session with a real Alertmanager 0.25, played to ours at the same instants: the same answers to the letter, but
 * for fields that later versions have added, and for who the server says it is.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Alertmanager } from "../../server/alerting/alertmanager/alertmanager.js";
import { readConfiguration } from "../../server/alerting/alertmanager/configuration.js";
import { SilenceBook } from "../../server/alerting/alertmanager/silence-book.js";
import { alertmanagerApi } from "../../server/apis/alertmanager/alertmanager.js";
import type { ApiRequest } from "../../server/apis/api.js";
import type { ApiWorld } from "../../server/apis/api-world.js";
import { encodeUtf8 } from "../../server/base/utf8.js";
import { Silences } from "../../server/sim/observability/silences.js";

interface Recorded {
  readonly method: ApiRequest["method"];
  readonly url: string;
  readonly reqBody: string;
  readonly status: number;
  readonly resType?: string;
  readonly res: string;
}

interface RecordedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

const recorded = readFileSync(new URL("../fixtures/golden/alertmanager.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Recorded);

const ms = (text: string): number => Date.parse(text);
const RUN = "2026-11-21T02:47:";
/** When what changes something came in, as the answers behind it tell. */
const RECEIVED: Readonly<Record<string, number>> = {
  DemoTraffic: ms(`${RUN}15.968Z`),
  Manual: ms(`${RUN}18.842Z`),
  "POST silence": ms(`${RUN}18.873Z`),
  "DELETE silence": ms(`${RUN}18.941Z`),
};

/** Without what versions after the recorded one have added. */
function asRecorded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asRecorded);
  if (typeof value !== "object" || value === null) return value;
  const isSilence = "matchers" in value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "mutedBy" && name !== "routeLabels" && !(isSilence && name === "annotations"))
      .map(([name, inner]) => [name, asRecorded(inner)]),
  );
}

test("answers to the letter as the real one did", () => {
  const status = JSON.parse(recorded.find(({ url }) => url.endsWith("/status"))?.res ?? "") as {
    readonly config: { readonly original: string };
  };
  // The recorded text has the real one's defaults for providers, which are as good as ours.
  const { spec, problems } = readConfiguration(parse(status.config.original));
  expect(problems).toEqual([]);
  const silences = new Silences();
  const book = new SilenceBook(() => silences);
  const startMs = ms(`${RUN}05.598Z`);
  const alertmanager = new Alertmanager({ spec: spec!, silences: book, startMs });
  let nowMs = startMs;
  const at = (instantMs: number): void => {
    nowMs = instantMs;
    alertmanager.advance(nowMs);
  };
  let compared = 0;
  for (const { method, url, reqBody, status: httpStatus, resType, res } of recorded) {
    const { pathname, searchParams } = new URL(url, "http://am");
    const path = pathname.slice(1);
    if (method === "POST" && path.endsWith("alerts")) {
      const alerts = JSON.parse(reqBody) as readonly RecordedAlert[];
      at(RECEIVED[alerts[0]?.labels["alertname"] ?? ""] ?? NaN);
      const known = (text: string): number | undefined => (text.startsWith("0001") ? undefined : ms(text));
      alertmanager.receive(
        alerts.map(({ labels, annotations, startsAt, endsAt, generatorURL: generatorUrl = "" }) => {
          const [startsAtMs, endsAtMs] = [known(startsAt), known(endsAt)];
          const times = {
            ...(startsAtMs === undefined ? {} : { startsAtMs }),
            ...(endsAtMs === undefined ? {} : { endsAtMs }),
          };
          return { labels, annotations, generatorUrl, ...times };
        }),
        nowMs,
      );
      continue;
    }
    if (path.includes("silence") && method !== "GET") at(RECEIVED[`${method} silence`] ?? NaN);
    const world = { alertmanager, silences: book, nowUs: nowMs * 1_000 } as unknown as ApiWorld;
    const request: ApiRequest = {
      method,
      path,
      parameters: Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
      body: encodeUtf8(reqBody),
      contentType: reqBody === "" ? "" : "application/json",
      accept: "",
      clockAheadMs: 0,
    };
    const answered = alertmanagerApi.answer(request, world);
    const answer = "order" in answered ? answered.answer : answered;
    if ("order" in answered && answered.order.kind === "post-silence") {
      const { id: _, startsAt, endsAt, kind: __, ...rest } = answered.order;
      const { silenceID: id } = JSON.parse(res) as { readonly silenceID: string };
      const fromUs = Math.max(startsAt, nowMs * 1_000);
      silences.put({ ...rest, id, fromUs, untilUs: endsAt, updatedUs: nowMs * 1_000 });
    } else if ("order" in answered && answered.order.kind === "expire-silence") {
      silences.expire(answered.order.silence, nowMs * 1_000);
    }
    expect(answer.httpStatus, url).toBe(httpStatus);
    if (path.endsWith("status") || (path.endsWith("silences") && method === "POST")) continue;
    compared++;
    if (resType === "application/json")
      expect(asRecorded(JSON.parse(String(answer.body))), url).toEqual(JSON.parse(res));
    else expect(String(answer.body), url).toBe(res);
  }
  expect(compared).toBeGreaterThan(12);
});
