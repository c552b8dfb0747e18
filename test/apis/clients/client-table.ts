/**
 * What clients send to a tool and what they read of its answer, as rows: the request in its own form (path, method,
 * parameters, headers that matter), the status and kind of content, and the places in the answer that the client goes to.
 */
import { expect } from "vitest";
import type { ApiAnswer } from "../../../server/apis/api.js";
import type { World } from "../../../server/world/world.js";
import { askApi } from "../../fixtures/small-world.js";

type Kind = "string" | "number" | "boolean" | "array" | "object" | "digits" | "hex" | "null";

export interface ClientRow {
  /** Whose request it is, and what for. */
  readonly who: string;
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  readonly method?: "GET" | "POST";
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly encodingFlags?: string;
  readonly status?: number;
  readonly answers?: string;
  /**
   * Places in a JSON answer with what stands there: a kind, or the text itself behind `=`. `[]` is the first of a list,
   * which must have one; a key with dots in it stands in quotes.
   */
  readonly reads?: Readonly<Record<string, Kind | `=${string}`>>;
  /** A piece of an answer that is text. */
  readonly says?: RegExp;
}

export function expectRow(world: World, api: string, row: ClientRow): ApiAnswer {
  const { path, parameters = {}, method = "GET", body, status = 200, answers = "application/json" } = row;
  const answer = askApi(world, api, path, {
    method,
    parameters,
    clockAheadMs: AHEAD_MS,
    ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
    ...(row.contentType === undefined ? {} : { contentType: row.contentType }),
    ...(row.accept === undefined ? {} : { accept: row.accept }),
    ...(row.encodingFlags === undefined ? {} : { encodingFlags: row.encodingFlags }),
  });
  const text = typeof answer.body === "string" ? answer.body : new TextDecoder().decode(answer.body);
  expect(answer.httpStatus, text.slice(0, 300)).toBe(status);
  expect(answer.contentType.split(";")[0]).toBe(answers);
  if (row.says !== undefined) expect(text).toMatch(row.says);
  if (row.reads === undefined) return answer;
  const found: unknown = JSON.parse(text);
  for (const [place, kind] of Object.entries(row.reads)) {
    const value = at(found, place);
    if (kind.startsWith("=")) expect(value, place).toBe(kind.slice(1));
    else
      expect(kindOf(value, kind as Kind), `${place}: ${JSON.stringify(value)?.slice(0, 100) ?? "missing"}`).toBe(kind);
  }
  return answer;
}

/** Clients go by a clock of their own, this far ahead of the simulated. */
export const AHEAD_MS = 20_000_000;

function at(value: unknown, place: string): unknown {
  let held = value;
  for (const [, quoted, name] of place.matchAll(/"([^"]+)"|([^."]+)/g)) {
    const key = quoted ?? name ?? "";
    if (key === "[]") held = (held as readonly unknown[] | undefined)?.[0];
    else held = (held as Readonly<Record<string, unknown>> | undefined)?.[key];
  }
  return held;
}

function kindOf(value: unknown, wanted: Kind): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "string" && wanted === "digits" && /^\d+$/.test(value)) return "digits";
  if (typeof value === "string" && wanted === "hex" && /^(?:[0-9a-f]{16}){1,2}$/.test(value)) return "hex";
  return typeof value;
}

/** As a type it can stand among parameters, which an interface cannot. */
type Span<T> = { readonly start: T; readonly end: T };

/** A time in the forms that clients write it. */
export interface Times {
  readonly ns: Span<string>;
  readonly iso: Span<string>;
  readonly s: Span<string>;
  readonly us: Span<string>;
  readonly ms: Span<number>;
  /** A trace that was kept. */
  readonly traceId: string;
}

/** The last two minutes up to simulated now by the client's clock. */
export function timesOf(world: World): Times {
  const nowMs = Math.floor(world.nowUs / 1e3 + AHEAD_MS);
  const fromMs = nowMs - 120_000;
  const nanos = (ms: number): string => `${String(ms)}000000`;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    ns: { start: nanos(fromMs), end: nanos(nowMs) },
    iso: { start: iso(fromMs), end: iso(nowMs) },
    s: { start: String(Math.floor(fromMs / 1e3)), end: String(Math.floor(nowMs / 1e3)) },
    us: { start: `${String(fromMs)}000`, end: `${String(nowMs)}000` },
    ms: { start: fromMs, end: nowMs },
    traceId: newestTrace(world),
  };
}

function newestTrace(world: World): string {
  const window = { fromUs: world.nowUs - 60e6, toUs: world.nowUs - 5e6 };
  const [first] = world.queries.traces({ ...window, limit: 1, order: "newest" }).traces;
  return first?.traceId ?? "";
}
