/**
 * Lines as they come: one look of `tail`. Whoever holds the socket asks again and again with the cursor of the answer
 * before, which is a simulated instant whatever clock the client goes by, sends `streams` on where there are any, and so gives each line once.
 */
import { evaluateLines, type StreamResult } from "../../query/logql/evaluate.js";
import { nanosText, valueJson } from "../../query/logql/value-json.js";
import { type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { limitsOf } from "./loki-limits.js";
import { aheadUsOf, BadLokiRequest, limitOf, selectorOf, timeUs } from "./loki-parameters.js";

/** Time that a tail which names no start looks back, as in Loki. */
const BACK_US = 3_600_000_000;

/** `{ streams, cursor }`: what has come from `start` up to simulated now, the oldest first, at most `limit` lines. */
export function tail(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const aheadUs = aheadUsOf(request);
  const fromUs = cursorUs(request) ?? timeUs(request, "start") ?? world.nowUs - BACK_US;
  const toUs = world.nowUs + 1;
  if (fromUs > toUs) throw new BadLokiRequest("start must not be later than now");
  const limit = limitOf(request);
  // One line more than is sent tells whether there are more.
  const window = { fromUs, toUs, limit: limit + 1, newestFirst: false };
  const { value } = evaluateLines(selectorOf(request), world.logs.reader, window, limitsOf(world));
  const streams = value.kind === "streams" ? value.streams : [];
  const cutUs = cutOf(streams, limit) ?? toUs;
  const sent = streams
    .map(({ labels, entries }) => ({ labels, entries: entries.filter((entry) => entry.timeUs < cutUs) }))
    .filter(({ entries }) => entries.length > 0);
  const { result } = valueJson({ kind: "streams", streams: sent }, { aheadUs });
  return jsonAnswer({ streams: result, cursor: nanosText(cutUs) });
}

function cursorUs(request: ApiRequest): number | undefined {
  const text = firstParameter(request, "cursor");
  return text === undefined ? undefined : Number(BigInt(/^\d{1,20}$/.test(text) ? text : 0) / 1_000n);
}

/** The instant before which the lines are few enough; those of one instant stay together. Undefined: all of them are. */
function cutOf(streams: readonly StreamResult[], limit: number): number | undefined {
  const times = streams.flatMap(({ entries }) => entries.map((entry) => entry.timeUs)).sort((a, b) => a - b);
  if (times.length <= limit) return undefined;
  const last = times[limit];
  return last > times[0] ? last : last + 1;
}
