/**
 * Messages between the server and a world's thread. Requests carry a number that the answer repeats; errors cross as
 * data, because a thread border strips an error of its class.
 */
import {
  ActionRefused,
  QueryRefused,
  WorldFailure,
  type GradeInput,
  type WorldQueries,
  type WorldStart,
  QueryCancelled,
} from "../world/handle.js";
import { QueryCancelledError } from "../query/promql/errors.js";
import { LimitError } from "../base/limit-error.js";
import type { HistoryExport } from "../world/history.js";
import type { Scenario } from "../scenario/types.js";
import type { Action } from "../wire/actions.js";

/** What a thread is given to do; it then reports `ready`, and a world's thread takes requests. */
export type ThreadTask =
  /** Makes the thread quick: loads the code and plays a little, so that it has been compiled when somebody waits. */
  | { readonly kind: "warm-up"; readonly scenario: Scenario }
  | { readonly kind: "world"; readonly scenario: Scenario; readonly start: WorldStart }
  | { readonly kind: "history"; readonly scenario: Scenario; readonly seed: string }
  | {
      readonly kind: "grade";
      readonly scenario: Scenario;
      readonly input: GradeInput;
      readonly history: HistoryExport;
    };

export type WorldRequestBody =
  | { readonly kind: "query"; readonly name: keyof WorldQueries; readonly parameters: readonly unknown[] }
  | { readonly kind: "advance"; readonly toUs: number }
  | { readonly kind: "advance-to-next-event"; readonly limitUs: number }
  | { readonly kind: "act"; readonly actionId: string; readonly action: Action; readonly atUs: number }
  | { readonly kind: "attach-history"; readonly history: HistoryExport }
  | { readonly kind: "digest" };

export interface WorldRequest {
  readonly kind: "request";
  readonly id: number;
  readonly body: WorldRequestBody;
  /** One word that becomes 1 when nobody waits for the answer any more. */
  readonly cancel?: SharedArrayBuffer;
}

export type ThreadInput = { readonly kind: "begin"; readonly task: ThreadTask } | WorldRequest;

export type ThreadMessage =
  | { readonly kind: "ready"; readonly value: unknown }
  | { readonly kind: "progress"; readonly fraction: number }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly error: PortableError }
  /** The thread is of no use any more. */
  | { readonly kind: "failed"; readonly error: PortableError };

export type PortableError =
  | { readonly kind: "cancelled" }
  | {
      readonly kind: "limit";
      readonly limit: string;
      readonly allowed: number;
      readonly reached: number | undefined;
      readonly remedy: string;
      readonly simulatedUs: number | undefined;
    }
  | { readonly kind: "action-refused"; readonly message: string; readonly remedy: string }
  | { readonly kind: "query-refused"; readonly message: string }
  | { readonly kind: "world-failure"; readonly message: string };

export function toPortableError(error: unknown): PortableError {
  if (error instanceof LimitError) {
    const { limit, allowed, reached, remedy, simulatedUs } = error;
    return { kind: "limit", limit, allowed, reached, remedy, simulatedUs };
  }
  if (error instanceof QueryCancelledError) return { kind: "cancelled" };
  if (error instanceof ActionRefused) return { kind: "action-refused", message: error.message, remedy: error.remedy };
  if (error instanceof QueryRefused) return { kind: "query-refused", message: error.message };
  return { kind: "world-failure", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function fromPortableError(error: PortableError): Error {
  switch (error.kind) {
    case "cancelled":
      return new QueryCancelled();
    case "limit":
      return new LimitError(error.limit, error.allowed, error.reached, error.remedy, error.simulatedUs);
    case "action-refused":
      return new ActionRefused(error.message, error.remedy);
    case "query-refused":
      return new QueryRefused(error.message);
    case "world-failure":
      return new WorldFailure(error.message);
  }
}
