/**
 * A small world of facts without an engine: an edge that calls a cart, which asks a store and publishes to a queue that
 * a mailer consumes. Rows, lines and counts are written by one function from the same draws, so they have to agree.
 */
import { LogTable, type LifecycleRecord, type LogTemplate } from "../../server/sim/log-table.js";
import { SPAN_STATUSES } from "../../server/sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN, SpanTable } from "../../server/sim/span-table.js";
import type {
  Attributes,
  LogSource,
  SegmentNumber,
  SpanIdentity,
  SpanSource,
  TelemetryModel,
} from "../../server/telemetry/sources.js";

export const EDGE = 0;
export const EDGE_TO_CART = 1;
export const CART = 2;
export const CART_TO_STORE = 3;
export const CART_PUBLISH = 4;
export const MAILER = 5;

const TEMPLATES: readonly Omit<LogTemplate, "index">[] = [
  { level: "info", component: "edge", message: "{http.route} answered", ofSpan: true },
  { level: "error", component: "edge", message: "{http.route} failed: {error.type}", ofSpan: true },
  { level: "info", component: "cart", message: "cart of {app.user.id} priced", ofSpan: true },
  { level: "warn", component: "cart", message: "cart failed for {app.user.id}", ofSpan: true },
  { level: "info", component: "mailer", message: "sent a mail", ofSpan: true },
  { level: "debug", component: "cart", message: "version {version} ready", ofSpan: false },
];

export const MODEL: TelemetryModel = {
  sites: [
    { kind: "server", component: "edge", peer: undefined, name: "POST /cart", attributes: { "http.route": "/cart" } },
    { kind: "client", component: "edge", peer: "cart", name: "POST", attributes: { "server.address": "cart" } },
    { kind: "server", component: "cart", peer: undefined, name: "POST /price", attributes: { "http.route": "/price" } },
    {
      kind: "client",
      component: "cart",
      peer: "cart-db",
      name: "SELECT prices",
      attributes: { "db.system.name": "postgresql" },
    },
    { kind: "producer", component: "cart", peer: "mails", name: "mails send", attributes: {} },
    { kind: "consumer", component: "mailer", peer: "mails", name: "mails process", attributes: {} },
  ],
  instances: [
    { component: "edge", name: "edge-0" },
    { component: "cart", name: "cart-0" },
    { component: "cart", name: "cart-1" },
    { component: "mailer", name: "mailer-0" },
  ],
  logTemplates: TEMPLATES.map((template, index) => ({ ...template, index })),
};

export const IDENTITY: SpanIdentity = {
  traceId: (request) => request.toString(16).padStart(32, "0"),
  requestOf: (traceId) => (/^[0-9a-f]{32}$/.test(traceId) ? parseInt(traceId, 16) : undefined),
  spanId: (segment, row) => (segment * 0x1000_0000 + row).toString(16).padStart(16, "0"),
};

export interface SyntheticWorld {
  readonly spans: SpanSource;
  readonly logs: LogSource;
  readonly counts: {
    readonly linesByLevel: Record<string, number>;
    readonly serverSpans: number;
    readonly requestsByCart: readonly [number, number];
  };
}

interface SpanRow {
  readonly startUs: number;
  readonly durationUs?: number;
  readonly parent?: number;
  readonly request: number;
  readonly site: number;
  readonly instance?: number;
  readonly status?: number;
  readonly attempt?: number;
}

/** Appends one row and returns its number. */
export function addSpan(table: SpanTable, row: SpanRow): number {
  const number = table.reserve();
  const chunk = table.chunkAt(number);
  const at = number & SPAN_CHUNK_MASK;
  chunk.startUs[at] = row.startUs;
  chunk.durationUs[at] = row.durationUs ?? SPAN_OPEN;
  chunk.parent[at] = row.parent ?? -1;
  chunk.request[at] = row.request;
  chunk.site[at] = row.site;
  chunk.instance[at] = row.instance ?? 0;
  chunk.status[at] = row.status ?? 0;
  chunk.attempt[at] = row.attempt ?? 0;
  return number;
}

export function spanSource(table: SpanTable, segment: SegmentNumber = 1, recordedFromUs = 0): SpanSource {
  return { table, segment, recordedFromUs, attributes: (row) => attributesOf(table, row) };
}

function attributesOf(table: SpanTable, row: number): Attributes {
  const chunk = table.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const site = MODEL.sites[chunk.site[at] ?? 0];
  const { errorType = "", httpStatus = 0, description = "" } = SPAN_STATUSES[chunk.status[at] ?? 0] ?? {};
  return {
    ...site?.attributes,
    "app.user.id": `user-${String((chunk.request[at] ?? 0) % 7)}`,
    "http.response.status_code": httpStatus,
    "service.version": "v1",
    ...(errorType === "" ? {} : { "error.type": errorType, "error.message": description }),
  };
}

/** A generator that tests may depend on: the same numbers for the same seed. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** `requests` of them, 20 ms apart from `fromUs` on; one in ten fails at the store. */
export function buildWorld(options: {
  requests: number;
  fromUs?: number;
  seed?: number;
  segment?: SegmentNumber;
  firstRequest?: number;
}): SyntheticWorld {
  const { requests, fromUs = 1_000_000, seed = 1, segment = 1, firstRequest = 0 } = options;
  const table = new SpanTable(10_000_000);
  const draw = numbersFrom(seed);
  const events: { readonly timeUs: number; readonly subject: number; readonly template: number }[] = [];
  const linesByLevel: Record<string, number> = { debug: 0, info: 0, warn: 0, error: 0 };
  const requestsByCart: [number, number] = [0, 0];
  let serverSpans = 0;

  const lifecycle: LifecycleRecord[] = [{ atUs: fromUs, instance: 1, template: 5, attributes: { version: "v1" } }];
  events.push({ timeUs: fromUs, subject: 0, template: 5 });
  for (let i = 0; i < requests; i++) {
    const startUs = fromUs + i * 20_000;
    const request = firstRequest + i;
    const storeUs = 500 + draw(2_000);
    const failed = draw(10) === 0;
    const cart = draw(2);
    const status = failed ? 2 : 0;
    const root = addSpan(table, { startUs, durationUs: storeUs + 4_000, request, site: EDGE, status });
    const call = addSpan(table, {
      startUs: startUs + 500,
      durationUs: storeUs + 3_000,
      request,
      site: EDGE_TO_CART,
      parent: root,
      status,
    });
    const server = addSpan(table, {
      startUs: startUs + 1_000,
      durationUs: storeUs + 2_000,
      request,
      site: CART,
      parent: call,
      instance: 1 + cart,
      status: failed ? 1 : 0,
    });
    addSpan(table, {
      startUs: startUs + 1_500,
      durationUs: storeUs,
      request,
      site: CART_TO_STORE,
      parent: server,
      instance: 1 + cart,
      status: failed ? 7 : 0,
    });
    serverSpans += 2;
    requestsByCart[cart as 0 | 1]++;
    events.push({ timeUs: startUs + storeUs + 3_000, subject: server, template: failed ? 3 : 2 });
    events.push({ timeUs: startUs + storeUs + 4_000, subject: root, template: failed ? 1 : 0 });
    if (failed) continue;
    const send = addSpan(table, {
      startUs: startUs + 4_000,
      durationUs: 200,
      request,
      site: CART_PUBLISH,
      parent: server,
      instance: 1 + cart,
    });
    const mail = addSpan(table, {
      startUs: startUs + 10_000,
      durationUs: 3_000,
      request,
      site: MAILER,
      parent: send,
      instance: 3,
    });
    events.push({ timeUs: startUs + 13_000, subject: mail, template: 4 });
  }
  const lines = new LogTable();
  for (const { timeUs, subject, template } of events.sort((a, b) => a.timeUs - b.timeUs)) {
    lines.append(timeUs, subject, template);
    const level = TEMPLATES[template]?.level ?? "";
    linesByLevel[level] = (linesByLevel[level] ?? 0) + 1;
  }
  const spans = spanSource(table, segment, fromUs);
  return {
    spans,
    logs: { segment, table: lines, lifecycle, spans },
    counts: { linesByLevel, serverSpans, requestsByCart },
  };
}
