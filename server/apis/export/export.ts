/**
 * A run taken out piece by piece: `next?session=…&after=…&format=…`. Whoever asks names a session of its own making, and
 * with each request the batch that it has got; the world keeps for each session how far it has come. What is said about a
 * batch stands in the header `Firedrill-Batch` (`batch.ts`), its body is the batch in the format and nothing else. `mark`
 * says how far a session has come; posted to `next` it lets another one go on from there when the world was built anew.
 */
import { MICROS_PER_MS } from "../../base/time.js";
import { BadParameter, timeMs } from "../../query/promql/http-parameters.js";
import { type Api, type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { BATCH_HEADER, type Signal } from "./batch.js";
import { readMark } from "./export-mark.js";
import { ExportSession } from "./export-session.js";
import { storageOf } from "./storage.js";
import { type Format, formatNamed, FORMATS } from "./formats.js";

/** Sessions of one world; the one that has not been asked for the longest goes when another begins. */
const SESSIONS_MAX = 8;
const NAME = /^[\w-]{1,64}$/;

/** The exports of a world that are under way. */
export class ExportSessions {
  readonly #held = new Map<string, ExportSession>();

  get(name: string): ExportSession | undefined {
    const session = this.#held.get(name);
    if (session === undefined) return undefined;
    this.#held.delete(name);
    this.#held.set(name, session);
    return session;
  }

  begin(name: string, session: ExportSession): ExportSession {
    this.#held.set(name, session);
    const oldest = this.#held.keys().next();
    if (this.#held.size > SESSIONS_MAX && oldest.done !== true) this.#held.delete(oldest.value);
    return session;
  }
}

export const exportApi: Api = {
  name: "export",
  title: "Export",
  answer(request, world) {
    if (request.path === "formats") return jsonAnswer(FORMATS);
    if (request.path === "storage") return jsonAnswer(storageOf(world));
    if (request.path !== "next" && request.path !== "mark")
      return failed(404, "there is only formats, mark, next and storage here");
    try {
      return request.path === "mark" ? mark(request, world) : next(request, world);
    } catch (error) {
      if (error instanceof BadParameter) return failed(400, error.message);
      throw error;
    }
  },
  error: failed,
};

function failed(httpStatus: number, error: string): ApiAnswer {
  return jsonAnswer({ error }, httpStatus);
}

function next(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const name = firstParameter(request, "session") ?? "";
  if (!NAME.test(name)) throw new BadParameter('invalid parameter "session": up to 64 letters, digits, _ and -');
  const after = Number(firstParameter(request, "after") ?? 0);
  const known = world.exports.get(name);
  if (known === undefined && after > 0) return failed(410, "this session is over; begin another one");
  if (known === undefined && world.dataFromUs > world.historyFromUs && firstParameter(request, "history") !== "false")
    return { ...failed(503, "the history of the run is still on its way"), headers: { "Retry-After": "1" } };
  const session = known ?? world.exports.begin(name, new ExportSession(optionsOf(request, world)));
  const batch = session.next(world, after);
  if (batch === undefined) return failed(409, `this session has no batch after ${String(after)}`);
  return {
    httpStatus: 200,
    contentType: batch.head.contentType,
    headers: { [BATCH_HEADER]: JSON.stringify(batch.head) },
    body: batch.body,
  };
}

/** How far a session has come with the batch `after`, for `next` of another session over the same run. */
function mark(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const session = world.exports.get(firstParameter(request, "session") ?? "");
  if (session === undefined) return failed(410, "this session is over; begin another one");
  const after = Number(firstParameter(request, "after") ?? 0);
  const found = session.mark(world, after);
  return found === undefined ? failed(409, `the last batch is not ${String(after)}`) : jsonAnswer(found);
}

function optionsOf(request: ApiRequest, world: ApiWorld): ConstructorParameters<typeof ExportSession>[0] {
  const { clockAheadMs, parameters } = request;
  const format = readFormat(request);
  const live = firstParameter(request, "live") === "true";
  if (live && !format.byTime) throw new BadParameter(`${format.name} goes metric by metric and can not be live`);
  const fromMs = timeMs(parameters, "start", world.dataFromUs / MICROS_PER_MS + clockAheadMs) - clockAheadMs;
  const nowMs = world.nowUs / MICROS_PER_MS;
  const untilMs = Math.min(nowMs, timeMs(parameters, "end", nowMs + clockAheadMs) - clockAheadMs);
  return {
    format,
    signals: readSignals(request, format),
    bounds: { fromUs: fromMs * MICROS_PER_MS, untilUs: live ? Infinity : untilMs * MICROS_PER_MS },
    aheadMs: clockAheadMs,
    ...(request.body.length === 0 ? {} : { resumed: readMark(request.body) }),
  };
}

function readFormat(request: ApiRequest): Format {
  const name = firstParameter(request, "format") ?? "";
  const format = formatNamed(name);
  if (format !== undefined) return format;
  const names = FORMATS.map((one) => one.name).join(", ");
  throw new BadParameter(`invalid parameter "format": ${JSON.stringify(name)} is none of ${names}`);
}

function readSignals(request: ApiRequest, { name, signals }: Format): readonly Signal[] {
  const written = firstParameter(request, "signals");
  if (written === undefined) return signals;
  const wanted = [...new Set(written.split(","))];
  const unknown = wanted.find((signal) => !signals.some((one) => one === signal));
  if (unknown === undefined) return signals.filter((signal) => wanted.includes(signal));
  throw new BadParameter(`${name} has ${signals.join(", ")}, and no ${JSON.stringify(unknown)}`);
}
