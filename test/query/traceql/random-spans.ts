/** Small random traces with attributes of all types, in some spans and not in others. */
import type { MemorySpan } from "../../fixtures/span-memory.js";
import type { Luck } from "../../fuzz/fuzz.js";

const NAMES = ["GET", "GET /cart", "price", "POST"];
const SERVICES = ["cart", "edge", "pay"];
const KINDS = ["server", "client", "internal", "unspecified"] as const;
const STATUSES = ["ok", "error", "unset"] as const;

export function randomSpans(luck: Luck): readonly MemorySpan[] {
  const spans: MemorySpan[] = [];
  const traces = 1 + luck.nat(4);
  for (let trace = 0; trace < traces; trace++) {
    const traceId = `a${String(trace)}`;
    const count = 1 + luck.nat(9);
    for (let at = 0; at < count; at++) {
      const parent = at === 0 ? undefined : String(luck.nat(at));
      spans.push(randomSpan(luck, traceId, String(at), parent, trace * 20_000 + at * 500));
    }
  }
  return spans;
}

function randomSpan(luck: Luck, traceId: string, at: string, parent: string | undefined, startUs: number): MemorySpan {
  const status = luck.pick(STATUSES);
  return {
    traceId,
    spanId: `${traceId}${at}`,
    ...(parent === undefined ? {} : { parentSpanId: `${traceId}${parent}` }),
    name: luck.pick(NAMES),
    startUs,
    durationUs: luck.nat(6_000),
    kind: luck.pick(KINDS),
    status,
    statusMessage: status === "error" ? "it failed" : "",
    attributes: {
      ...(luck.chance(0.5) ? { a: luck.pick(["x", "y", 2, true]) } : {}),
      ...(luck.chance(0.6) ? { n: luck.pick([0, 1, 2, 2.5, 7]) } : {}),
      ...(luck.chance(0.3) ? { b: luck.chance(0.5) } : {}),
      ...(luck.chance(0.2) ? { "odd name": "cart" } : {}),
    },
    resource: { "service.name": luck.pick(SERVICES), ...(luck.chance(0.3) ? { a: "x" } : {}) },
    events: luck.chance(0.2) ? [{ name: "exception", timeUs: startUs, attributes: { "exception.type": "500" } }] : [],
  };
}
