/**
 * The contract of the wire APIs: the HTTP interface of a real tool as a function from a request to an answer over what
 * a world's observability plant has kept. It runs on the world's thread, knows no sockets and no roles, and sees nothing
 * later than simulated now; who may ask is decided before (`server/http`).
 */
import type { Action } from "../wire/actions.js";
import type { ApiWorld } from "./api-world.js";

export type ApiMethod = "GET" | "POST" | "PUT" | "DELETE";

export interface ApiRequest {
  readonly method: ApiMethod;
  /** What follows the tool's prefix, without a slash in front, percent-decoded: `api/v1/query`. */
  readonly path: string;
  /** Of the address and of a form together, in order, as Prometheus and Loki take them. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** Empty where there was none; a form has been read into `parameters` and is not repeated here. */
  readonly body: Uint8Array;
  /** Without parameters, in lower case; empty where there was none. */
  readonly contentType: string;
  /** The header as it came; empty where there was none. */
  readonly accept: string;
  /** What the client says in Loki's `X-Loki-Response-Encoding-Flags`. */
  readonly encodingFlags?: string;
  /** Milliseconds that the client's clock is ahead of the simulated one; 0 where it goes by the simulated. */
  readonly clockAheadMs: number;
}

export interface ApiAnswer {
  readonly httpStatus: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body is to be compressed whatever the client accepts, as pprof downloads are. */
  readonly gzip?: boolean;
}

/** An order of the learner that came by an API: carried out through the run's log. */
export interface ApiOrder {
  readonly order: Action;
  /** What the client is told once that was done. */
  readonly answer: ApiAnswer;
}

/** One tool. */
export interface Api {
  /** First part of the path: `prometheus`, `loki`. */
  readonly name: string;
  /** What clients call it. */
  readonly title: string;
  /** Methods that it takes; GET and POST where it says nothing. */
  readonly methods?: readonly ApiMethod[];
  /** Throws LimitError for a budget that was exceeded; every other mistake of a client is an answer. */
  answer(request: ApiRequest, world: ApiWorld): ApiAnswer | ApiOrder;
  /** The tool's own form for an error that arose outside of it: no right, too many requests, a world that has stopped. */
  error(httpStatus: number, message: string): ApiAnswer;
}

export const JSON_TYPE = "application/json";

export function jsonAnswer(body: unknown, httpStatus = 200): ApiAnswer {
  return { httpStatus, contentType: JSON_TYPE, body: JSON.stringify(body) };
}

export function textAnswer(body: string, httpStatus = 200): ApiAnswer {
  return { httpStatus, contentType: "text/plain; charset=utf-8", body };
}

/** First value of a parameter; undefined when it is missing or empty. */
export function firstParameter({ parameters }: ApiRequest, name: string): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name].at(0) : undefined;
  return value === undefined || value === "" ? undefined : value;
}
