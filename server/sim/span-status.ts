/**
 * How a span can end, as a small integer in the span table. The table says what each code means in the field's terms:
 * the HTTP status that the caller saw, OpenTelemetry's `error.type`, and the words of a log line.
 */

export interface SpanStatus {
  readonly code: number;
  readonly name: string;
  readonly failed: boolean;
  /** Status of the HTTP answer, 0 where there was none (the caller gave up). */
  readonly httpStatus: number;
  /** OpenTelemetry `error.type`; empty for success. */
  readonly errorType: string;
  readonly description: string;
}

const status = (
  code: number,
  name: string,
  httpStatus: number,
  errorType: string,
  description: string,
): SpanStatus => ({
  code,
  name,
  failed: errorType !== "",
  httpStatus,
  errorType,
  description,
});

/** Indexed by code. Codes are stored in span tables: append, never renumber. */
export const SPAN_STATUSES: readonly SpanStatus[] = [
  status(0, "ok", 200, "", "ok"),
  status(1, "internal-error", 500, "500", "internal error"),
  status(2, "dependency-failed", 502, "502", "bad gateway: upstream request failed"),
  status(3, "overloaded", 503, "503", "service unavailable: no free worker, request queue full"),
  status(4, "dependency-timeout", 504, "504", "gateway timeout: upstream request timed out"),
  status(5, "client-timeout", 0, "timeout", "deadline exceeded while waiting for the answer"),
  status(6, "pool-timeout", 0, "pool_timeout", "no connection became free in time"),
  status(7, "connection-refused", 0, "connection_refused", "connection refused"),
  status(8, "instance-stopped", 0, "connection_reset", "connection reset by peer"),
  status(9, "queue-full", 503, "queue_full", "the queue accepts no more messages"),
  status(10, "name-unresolved", 0, "name_resolution", "the name could not be resolved"),
  status(11, "certificate-expired", 0, "certificate_expired", "certificate has expired"),
  status(12, "no-local-port", 0, "address_not_available", "cannot assign requested address"),
  status(13, "circuit-open", 0, "circuit_open", "the circuit breaker is open"),
  status(14, "rate-limited", 429, "429", "too many requests"),
  status(15, "load-shed", 503, "load_shed", "request refused to protect the service"),
  status(16, "deadline-exceeded", 504, "deadline_exceeded", "the deadline of the request has passed"),
  status(17, "cancelled", 0, "cancelled", "the caller needs the answer no more"),
  status(18, "lock-timeout", 0, "55P03", "canceling statement due to lock timeout"),
  status(19, "deadlock", 0, "40P01", "deadlock detected"),
  status(20, "read-only", 0, "25006", "cannot execute a writing statement in a read-only transaction"),
  status(21, "stale-read", 0, "stale_read", "the row was not found on the replica"),
  status(22, "statement-cancelled", 0, "57014", "canceling statement due to statement timeout or user request"),
  status(23, "too-many-clients", 0, "53300", "sorry, too many clients already"),
  status(24, "disk-full", 500, "disk_full", "write failed: no space left on device"),
  status(25, "store-disk-full", 0, "53100", "could not extend file: No space left on device"),
];

export const STATUS_OK = 0;
export const STATUS_INTERNAL_ERROR = 1;
export const STATUS_DEPENDENCY_FAILED = 2;
export const STATUS_OVERLOADED = 3;
export const STATUS_DEPENDENCY_TIMEOUT = 4;
export const STATUS_CLIENT_TIMEOUT = 5;
export const STATUS_POOL_TIMEOUT = 6;
export const STATUS_CONNECTION_REFUSED = 7;
export const STATUS_INSTANCE_STOPPED = 8;
export const STATUS_QUEUE_FULL = 9;
export const STATUS_NAME_UNRESOLVED = 10;
export const STATUS_CERTIFICATE_EXPIRED = 11;
export const STATUS_NO_LOCAL_PORT = 12;
export const STATUS_CIRCUIT_OPEN = 13;
export const STATUS_RATE_LIMITED = 14;
export const STATUS_LOAD_SHED = 15;
export const STATUS_DEADLINE_EXCEEDED = 16;
export const STATUS_CANCELLED = 17;
export const STATUS_LOCK_TIMEOUT = 18;
export const STATUS_DEADLOCK = 19;
export const STATUS_READ_ONLY = 20;
export const STATUS_STALE_READ = 21;
export const STATUS_STATEMENT_CANCELLED = 22;
export const STATUS_TOO_MANY_CLIENTS = 23;
export const STATUS_DISK_FULL = 24;
export const STATUS_STORE_DISK_FULL = 25;
