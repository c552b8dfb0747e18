/**
 * Which ways to end have a series of their own, by kind of metric, and their place among the blocks of a step. A way
 * that cannot happen there has no slot.
 */
import { SPAN_STATUSES } from "../sim/span-status.js";

/** Codes of SPAN_STATUSES in the order of their blocks. */
export const SERVER_STATUSES: readonly number[] = [0, 1, 2, 3, 4, 14, 15, 16, 17, 24];
export const CONSUMER_STATUSES: readonly number[] = [0, 1, 2, 3, 4];
export const HTTP_CLIENT_STATUSES: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 24];
export const DATABASE_STATUSES: readonly number[] = [0, 5, 6, 7, 8, 10, 11, 13, 16, 17, 18, 19, 20, 21, 22, 23, 25];
export const PRODUCER_STATUSES: readonly number[] = [0, 5, 6, 7, 9, 10, 11, 13, 16, 17];

/** Slot by status; −1 where there is none. */
export function slotsOf(statuses: readonly number[]): Int8Array {
  return Int8Array.from(SPAN_STATUSES, (status) => statuses.indexOf(status.code));
}

/** Labels of an HTTP metric for a way to end: the status that was seen, and the error where there was none. */
export function httpStatusLabels(code: number): Readonly<Record<string, string>> {
  const status = SPAN_STATUSES[code];
  const labels: Record<string, string> = {};
  if (status.httpStatus !== 0) labels.http_response_status_code = String(status.httpStatus);
  if (status.failed) labels.error_type = status.errorType;
  return labels;
}

/** Labels of a database or messaging metric for a way to end. */
export function errorTypeLabels(code: number): Readonly<Record<string, string>> {
  const status = SPAN_STATUSES[code];
  return status.failed ? { error_type: status.errorType } : {};
}
