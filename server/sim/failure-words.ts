/**
 * What a failure is called by the code that met it: the message and the type that the language's usual client libraries
 * give it, and the stack trace of an exception that nobody caught. All of it follows from the place in the code and the
 * status, so that a search need not render a line to know it. Where a language is not in the tables the words of
 * SPAN_STATUSES stand.
 *
 * Sources: texts of java.net.http, HikariCP, Go's net/http and x509, httpx and SQLAlchemy, Ruby's net/http, Faraday and
 * ActiveRecord, Node's undici and axios, Envoy's response flags.
 */
import type { SpanPlace } from "../topology/model-types.js";
import { exceptionOf } from "./uncaught-exceptions.js";
import type { SpanStatus } from "./span-status.js";
import { STATUS_INTERNAL_ERROR } from "./span-status.js";

export interface Failure {
  readonly message: string;
  /** OpenTelemetry's `exception.type`. */
  readonly type: string;
  /** Of an exception that nobody caught. */
  readonly stacktrace?: string;
  /** Whether the code met it as an exception: an answer that says 502 is none, nor is what a proxy notes. */
  readonly thrown: boolean;
}

/** Proxies, which note a flag where others throw. */
const WITHOUT_EXCEPTIONS: readonly string[] = ["c++"];

/** Type and message, by name of the status; `{peer}` is who was called. */
type Words = Readonly<Partial<Record<string, readonly [type: string, message: string]>>>;

const JVM: Words = {
  "client-timeout": ["java.net.http.HttpTimeoutException", "request timed out"],
  "pool-timeout": ["java.util.concurrent.TimeoutException", "Timeout waiting for connection from pool"],
  "connection-refused": ["java.net.ConnectException", "Connection refused"],
  "instance-stopped": ["java.net.SocketException", "Connection reset"],
  "name-unresolved": ["java.net.UnknownHostException", "{peer}: Name or service not known"],
  "certificate-expired": [
    "javax.net.ssl.SSLHandshakeException",
    "PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed, certificate has expired",
  ],
};

const CALLS: Readonly<Partial<Record<string, Words>>> = {
  java: JVM,
  kotlin: JVM,
  go: {
    "client-timeout": ["*url.Error", "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"],
    "pool-timeout": ["*errors.errorString", "timed out waiting for a free connection to {peer}"],
    "connection-refused": ["*net.OpError", "dial tcp {peer}:80: connect: connection refused"],
    "instance-stopped": ["*net.OpError", "read tcp {peer}:80: read: connection reset by peer"],
    "name-unresolved": ["*net.DNSError", "dial tcp: lookup {peer}: no such host"],
    "certificate-expired": [
      "*tls.CertificateVerificationError",
      "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
    ],
  },
  python: {
    "client-timeout": ["httpx.ReadTimeout", "The read operation timed out"],
    "pool-timeout": ["httpx.PoolTimeout", "Timed out waiting for a free connection in the pool"],
    "connection-refused": ["httpx.ConnectError", "[Errno 111] Connection refused"],
    "instance-stopped": ["httpx.ReadError", "[Errno 104] Connection reset by peer"],
    "name-unresolved": ["httpx.ConnectError", "[Errno -2] Name or service not known"],
    "certificate-expired": [
      "httpx.ConnectError",
      "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
    ],
  },
  ruby: {
    "client-timeout": ["Net::ReadTimeout", "Net::ReadTimeout with #<TCPSocket:(closed)>"],
    "pool-timeout": ["ConnectionPool::TimeoutError", "Waited for a connection, 0 available"],
    "connection-refused": ["Errno::ECONNREFUSED", "Failed to open TCP connection to {peer}:80 (Connection refused)"],
    "instance-stopped": ["Errno::ECONNRESET", "Connection reset by peer"],
    "name-unresolved": ["Socket::ResolutionError", "getaddrinfo: Name or service not known"],
    "certificate-expired": ["OpenSSL::SSL::SSLError", "certificate verify failed (certificate has expired)"],
  },
  typescript: {
    "client-timeout": ["TimeoutError", "The operation was aborted due to timeout"],
    "pool-timeout": ["TimeoutError", "No free socket to {peer} within the time limit"],
    "connection-refused": ["Error", "connect ECONNREFUSED {peer}:80"],
    "instance-stopped": ["Error", "read ECONNRESET"],
    "name-unresolved": ["Error", "getaddrinfo ENOTFOUND {peer}"],
    "certificate-expired": ["Error", "certificate has expired"],
  },
  // The way Envoy tells it, which is what edges are.
  "c++": {
    "client-timeout": ["UT", "upstream request timeout"],
    "pool-timeout": ["UO", "upstream connect error or disconnect/reset before headers. reset reason: overflow"],
    "connection-refused": [
      "UF",
      "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure",
    ],
    "instance-stopped": [
      "UC",
      "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    ],
    "name-unresolved": ["DF", "DNS resolution failure for {peer}"],
    "certificate-expired": ["UF", "TLS_error: CERTIFICATE_VERIFY_FAILED: certificate has expired"],
  },
};

/** Of calls to databases, where their client libraries say it differently. */
const JDBC: Words = {
  "pool-timeout": [
    "java.sql.SQLTransientConnectionException",
    "HikariPool-1 - Connection is not available, request timed out",
  ],
  "client-timeout": ["org.postgresql.util.PSQLException", "An I/O error occurred while sending to the backend."],
  "connection-refused": ["org.postgresql.util.PSQLException", "Connection to {peer}:5432 refused."],
};
const QUERIES: Readonly<Partial<Record<string, Words>>> = {
  java: JDBC,
  kotlin: JDBC,
  go: {
    "client-timeout": ["*pgconn.errTimeout", "timeout: context deadline exceeded"],
    "connection-refused": ["*net.OpError", "dial tcp {peer}:5432: connect: connection refused"],
  },
  python: {
    "pool-timeout": ["sqlalchemy.exc.TimeoutError", "QueuePool limit reached, connection timed out"],
    "client-timeout": ["psycopg.errors.QueryCanceled", "canceling statement due to statement timeout"],
  },
  ruby: {
    "pool-timeout": [
      "ActiveRecord::ConnectionTimeoutError",
      "could not obtain a connection from the pool; all pooled connections were in use",
    ],
    "client-timeout": [
      "PG::ConnectionBad",
      "PQconsumeInput() could not receive data from server: Connection timed out",
    ],
  },
};

const REASONS: Readonly<Partial<Record<number, string>>> = {
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly method: string;
  readonly url: string;
}

/** How clients report an answer that is an error. */
const ANSWERS: Readonly<Partial<Record<string, (answer: Answer) => readonly [type: string, message: string]>>> = {
  java: ({ code, reason, method, url }) => [
    "org.springframework.web.client.HttpServerErrorException",
    `${String(code)} ${reason} on ${method} request for "${url}"`,
  ],
  kotlin: ({ code, reason, method, url }) => [
    "io.ktor.client.plugins.ServerResponseException",
    `Server error(${method} ${url}: ${String(code)} ${reason})`,
  ],
  go: ({ code, reason, url }) => ["*errors.errorString", `${url}: unexpected status ${String(code)} ${reason}`],
  python: ({ code, reason, url }) => [
    "httpx.HTTPStatusError",
    `Server error '${String(code)} ${reason}' for url '${url}'`,
  ],
  ruby: ({ code, url }) => ["Faraday::ServerError", `the server responded with status ${String(code)} for ${url}`],
  typescript: ({ code }) => ["AxiosError", `Request failed with status code ${String(code)}`],
  "c++": ({ code, reason }) => ["via_upstream", `upstream answered ${String(code)} ${reason}`],
};

/** The failure that a span of this place ended with; for a status that failed. */
export function failureOf(place: SpanPlace, status: SpanStatus): Failure {
  const language = place.language?.toLowerCase() ?? "";
  if (place.kind === "server" || place.kind === "consumer") {
    const thrown = status.code === STATUS_INTERNAL_ERROR ? exceptionOf(place, language) : undefined;
    return thrown ?? { message: status.description, type: status.errorType, thrown: false };
  }
  const words =
    ("db.system.name" in place.attributes ? QUERIES[language]?.[status.name] : undefined) ??
    CALLS[language]?.[status.name] ??
    answered(place, status, language) ??
    ([status.errorType, status.description] as const);
  const thrown = !WITHOUT_EXCEPTIONS.includes(language);
  return { type: words[0], message: words[1].replace("{peer}", place.peer ?? ""), thrown };
}

/** Attributes that a failed span has and no other. */
export const FAILURE_ATTRIBUTES = ["error.type", "error.message", "exception.type", "exception.stacktrace"] as const;
export type FailureAttribute = (typeof FAILURE_ATTRIBUTES)[number];

/** One of those of a span of this place; for a status that failed. The type, which searches group by, is found at once. */
export function failureAttribute(place: SpanPlace, status: SpanStatus, name: FailureAttribute): string | undefined {
  return name === "error.type" ? status.errorType : failureAttributes(place, status)[name];
}

/** All of them, in that order; for a status that failed. */
export function failureAttributes(
  place: SpanPlace,
  status: SpanStatus,
): Readonly<Partial<Record<FailureAttribute, string>>> {
  const { message, type, stacktrace } = failureOf(place, status);
  return {
    "error.type": status.errorType,
    "error.message": message,
    ...(stacktrace === undefined ? {} : { "exception.type": type, "exception.stacktrace": stacktrace }),
  };
}

function answered(
  { attributes, peer }: SpanPlace,
  { httpStatus }: SpanStatus,
  language: string,
): readonly [type: string, message: string] | undefined {
  const { "http.request.method": method, "url.template": template = "" } = attributes as Partial<
    Record<string, string>
  >;
  const reason = REASONS[httpStatus];
  if (reason === undefined || method === undefined) return undefined;
  // A template that stands for many paths is no path that a client has asked for, and the words are those of all of them.
  const path = /[{:]/.test(template) ? "" : template;
  return ANSWERS[language]?.({ code: httpStatus, reason, method, url: `http://${peer ?? ""}${path}` });
}
