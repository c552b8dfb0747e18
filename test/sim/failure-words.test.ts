/** Failures are told in the words of the language that met them; exceptions of a service's own code have a stack trace. */
import { expect, test } from "vitest";
import { failureOf } from "../../server/sim/failure-words.js";
import {
  SPAN_STATUSES,
  type SpanStatus,
  STATUS_CERTIFICATE_EXPIRED,
  STATUS_CLIENT_TIMEOUT,
  STATUS_DEPENDENCY_FAILED,
  STATUS_INTERNAL_ERROR,
  STATUS_NAME_UNRESOLVED,
  STATUS_OVERLOADED,
  STATUS_POOL_TIMEOUT,
} from "../../server/sim/span-status.js";
import type { SpanPlace } from "../../server/topology/model-types.js";

function statusOf(code: number): SpanStatus {
  const found = SPAN_STATUSES[code];
  if (found === undefined) throw new Error(`no status ${String(code)}`);
  return found;
}

function place(language: string | undefined, attributes: SpanPlace["attributes"], kind: SpanPlace["kind"] = "client") {
  const named = { kind, component: "order", peer: "payment", name: "POST /orders", attributes };
  return language === undefined ? named : { ...named, language };
}

const HTTP = { "http.request.method": "POST", "url.template": "/payments" };
const DATABASE = { "db.system.name": "postgresql" };

test.each([
  ["Java", HTTP, STATUS_CLIENT_TIMEOUT, "request timed out"],
  ["Java", DATABASE, STATUS_POOL_TIMEOUT, "HikariPool-1 - Connection is not available, request timed out"],
  ["Go", HTTP, STATUS_NAME_UNRESOLVED, "dial tcp: lookup payment: no such host"],
  ["Go", HTTP, STATUS_OVERLOADED, "http://payment/payments: unexpected status 503 Service Unavailable"],
  [
    "Go",
    { ...HTTP, "url.template": "/payments/{id}" },
    STATUS_OVERLOADED,
    "http://payment: unexpected status 503 Service Unavailable",
  ],
  ["C++", HTTP, STATUS_CLIENT_TIMEOUT, "upstream request timeout"],
  ["TypeScript", HTTP, STATUS_DEPENDENCY_FAILED, "Request failed with status code 502"],
  ["Rust", HTTP, STATUS_CLIENT_TIMEOUT, "deadline exceeded while waiting for the answer"],
  [undefined, DATABASE, STATUS_POOL_TIMEOUT, "no connection became free in time"],
] as const)("%s, %o, status %i: %s", (language, attributes, status, message) => {
  expect(failureOf(place(language, attributes), statusOf(status)).message).toBe(message);
});

test("an expired certificate is called so in every language", () => {
  for (const language of ["Java", "Kotlin", "Go", "Python", "Ruby", "TypeScript", "C++", "Elixir"])
    expect(failureOf(place(language, HTTP), statusOf(STATUS_CERTIFICATE_EXPIRED)).message).toContain(
      "certificate has expired",
    );
});

test.each([
  ["Java", /^[\w.]+: .+\n\tat Order\.check\(Order\.java:\d+\)\n\tat Order\.postOrders\(Order\.java:\d+\)/],
  [
    "Go",
    /^panic: .+\n\ngoroutine \d+ \[running\]:\norder\.\(\*Handler\)\.Check\(\.\.\.\)\n\t\/src\/order\/handler\.go:\d+/,
  ],
  ["Python", /^Traceback \(most recent call last\):\n(.+\n)+.+, in post_orders\n.+, in check\n\w+: .+$/],
  ["Ruby", /^\w+: .+\n {2}from app\/controllers\/order_controller\.rb:\d+:in 'Order#check'/],
  ["TypeScript", /^\w+: .+\n {4}at Order\.check \(\/app\/dist\/order\.js:\d+:17\)/],
])("an exception of %s code prints where it was thrown, in the functions of its profiles", (language, expected) => {
  const failure = failureOf(place(language, {}, "server"), statusOf(STATUS_INTERNAL_ERROR));
  expect(failure.stacktrace).toMatch(expected);
  expect(failure.stacktrace).toContain(failure.message);
});

test.each([
  ["Java", "server", STATUS_INTERNAL_ERROR, true],
  ["Java", "server", STATUS_DEPENDENCY_FAILED, false],
  ["Java", "client", STATUS_CLIENT_TIMEOUT, true],
  ["C++", "client", STATUS_CLIENT_TIMEOUT, false],
] as const)("%s %s, status %i: an exception is %s", (language, kind, status, thrown) => {
  const failure = failureOf(place(language, HTTP, kind), statusOf(status));
  expect(failure.thrown).toBe(thrown);
  expect(failure.stacktrace !== undefined).toBe(kind === "server" && thrown);
});
