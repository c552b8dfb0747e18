/** A span as Zipkin's second API has it. Source: openzipkin/zipkin-api, zipkin2-api.yaml. */
import type { SpanColumns, SpanDetail } from "../../telemetry/span-reader.js";

interface ZipkinSpan {
  readonly traceId: string;
  readonly parentId?: string;
  readonly id: string;
  readonly kind?: string;
  readonly name: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: { readonly serviceName: string };
  readonly remoteEndpoint?: { readonly serviceName: string };
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

const KINDS: ReadonlySet<string> = new Set(["client", "server", "producer", "consumer"]);

/** Attributes that name the other side of a call, in the order in which they count. */
export const REMOTE_ATTRIBUTES = ["peer.service", "server.address", "messaging.destination.name"] as const;

export function zipkinSpan(columns: SpanColumns, row: number, aheadUs: number): ZipkinSpan {
  const { kind, name, status, statusMessage, service } = columns.shapeOf(columns.shape(row));
  const detail = columns.detail(row);
  const parent = columns.parent(row);
  const remote = remoteOf(detail.span, kind);
  return {
    traceId: columns.traceId(row),
    ...(parent < 0 ? {} : { parentId: columns.spanId(parent) }),
    id: columns.spanId(row),
    ...(KINDS.has(kind) ? { kind: kind.toUpperCase() } : {}),
    name: name.toLowerCase(),
    timestamp: columns.startUs(row) + aheadUs,
    // Zipkin has no duration of 0: that is an unknown one.
    duration: Math.max(1, columns.durationUs(row)),
    localEndpoint: { serviceName: service.toLowerCase() },
    ...(remote === undefined ? {} : { remoteEndpoint: { serviceName: remote } }),
    ...(detail.events.length === 0
      ? {}
      : { annotations: detail.events.map((event) => ({ timestamp: event.timeUs + aheadUs, value: event.name })) }),
    tags: tagsOf(detail, status === "error" ? statusMessage : undefined),
  };
}

/** Whom a client, a producer or a consumer talks to. */
export function remoteOf(attributes: SpanDetail["span"], kind: string): string | undefined {
  if (kind === "server" || kind === "internal") return undefined;
  const name = REMOTE_ATTRIBUTES.find((attribute) => Object.hasOwn(attributes, attribute));
  return name === undefined ? undefined : String(attributes[name]).toLowerCase();
}

function tagsOf({ span, resource }: SpanDetail, error: string | undefined): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...resource, ...span })) {
    if (name !== "service.name") tags[name] = String(value);
  }
  return error === undefined ? tags : { ...tags, error };
}
