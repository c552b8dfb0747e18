import type { Diagnostic } from "../base/diagnostic.js";

/** The few ways in which a request can fail, for HTTP bodies and socket acknowledgements alike. */
export type ApiErrorCode =
  | "bad-request"
  | "bad-query"
  | "limit"
  | "not-found"
  | "forbidden"
  | "conflict"
  | "unavailable"
  | "storage"
  | "internal";

export interface ApiError {
  readonly code: ApiErrorCode;
  readonly message: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  /** Where in the input, for bodies and queries. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** Every failed HTTP answer outside the Prometheus paths has this body. */
export interface ErrorBody {
  readonly error: ApiError;
}
