/**
 * From whatever was thrown to one of the few codes of the wire, once, for HTTP answers and socket acknowledgements.
 * What is not known here is `internal`: its text goes to the server's output and never to a client, because the text
 * of a failed world can name the fault.
 */
import type { Diagnostic } from "../base/diagnostic.js";
import { LimitError } from "../base/limit-error.js";
import { Refusal } from "../sessions/refusal.js";
import { SequenceConflict, StorageFailure } from "../sessions/storage-failure.js";
import type { ApiError, ApiErrorCode } from "../wire/errors.js";
import { ActionRefused, QueryRefused, QueryCancelled, WorldFailure } from "../world/handle.js";

/** Hears of errors that are ours and not the client's. */
export type ErrorReporter = (error: unknown) => void;

interface MappedError {
  readonly httpStatus: number;
  readonly error: ApiError;
  /** Whether somebody who runs the server should see the original. */
  readonly ours: boolean;
}

const httpStatusOf: Readonly<Record<ApiErrorCode, number>> = {
  "bad-request": 400,
  "bad-query": 400,
  limit: 422,
  "not-found": 404,
  forbidden: 403,
  conflict: 409,
  unavailable: 503,
  storage: 503,
  internal: 500,
};

export function mapError(error: unknown): MappedError {
  for (const map of mappers) {
    const mapped = map(error);
    if (mapped !== undefined) return mapped;
  }
  return answer(
    "internal",
    { message: "The server failed.", remedy: "Try again; the server's output says more." },
    { ours: true },
  );
}

/** The error for a client; ours are reported first. */
export function toApiError(error: unknown, report: ErrorReporter): ApiError {
  const mapped = mapError(error);
  if (mapped.ours) report(error);
  return mapped.error;
}

type Mapper = (error: unknown) => MappedError | undefined;

const mappers: readonly Mapper[] = [
  (error) => {
    if (!(error instanceof Refusal)) return undefined;
    const { code, message, remedy, diagnostics } = error;
    return answer(code, { message, remedy, ...(diagnostics.length === 0 ? {} : { diagnostics }) });
  },
  (error) =>
    error instanceof LimitError ? answer("limit", { message: error.finding, remedy: error.remedy }) : undefined,
  (error) =>
    error instanceof ActionRefused ? answer("conflict", { message: error.message, remedy: error.remedy }) : undefined,
  (error) =>
    error instanceof QueryCancelled
      ? answer("unavailable", { message: error.message, remedy: "Ask again." })
      : undefined,
  (error) => (error instanceof QueryRefused ? answer("bad-query", { message: error.message }) : undefined),
  (error) =>
    error instanceof StorageFailure
      ? answer("storage", { message: `${error.message} Nothing was changed.`, remedy: error.remedy }, { ours: true })
      : undefined,
  (error) =>
    error instanceof SequenceConflict
      ? answer("conflict", {
          message: "Another server has written to this run.",
          remedy: "Reload the page and try again.",
        })
      : undefined,
  (error) =>
    error instanceof WorldFailure
      ? answer(
          "unavailable",
          {
            message: "The simulated world of this run has stopped.",
            remedy: "Reload the page to build it again, or start a new run.",
          },
          { ours: true },
        )
      : undefined,
  badQuery,
  requestError,
];

/** Errors of the query languages and searches carry positions in the text that the user wrote. */
function badQuery(error: unknown): MappedError | undefined {
  if (!(error instanceof Error) || !("diagnostics" in error) || !Array.isArray(error.diagnostics)) return undefined;
  const diagnostics = error.diagnostics as readonly Diagnostic[];
  return answer("bad-query", { message: error.message, diagnostics });
}

/** Errors of express and its body reader, by their `type` or status. */
function requestError(error: unknown): MappedError | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  const httpStatus = error.status;
  if (httpStatus < 400 || httpStatus > 499) return undefined;
  const known = requestErrors[httpStatus] ?? {
    code: "bad-request",
    message: "The request can not be read.",
    remedy: "Check its form.",
  };
  return { ...answer(known.code, { message: known.message, remedy: known.remedy }), httpStatus };
}

const requestErrors: Readonly<
  Record<number, { readonly code: ApiErrorCode; readonly message: string; readonly remedy: string }>
> = {
  400: {
    code: "bad-request",
    message: "The address or the body can not be decoded.",
    remedy: "Check percent signs and the encoding.",
  },
  413: { code: "limit", message: "The body is larger than the server takes.", remedy: "Send less at once." },
  415: { code: "bad-request", message: "This encoding of the body is not supported.", remedy: "Send JSON in UTF-8." },
};

function answer(code: ApiErrorCode, rest: Omit<ApiError, "code">, { ours = false } = {}): MappedError {
  return { httpStatus: httpStatusOf[code], error: { code, ...rest }, ours };
}
