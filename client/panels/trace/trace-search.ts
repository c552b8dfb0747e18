/** What the trace view keeps in the URL besides ids: the zoom range, and a search for spans. Pure. */
import type { ZoomRange } from "../../charts/waterfall-rows.js";
import type { TraceTree } from "../../charts/waterfall-tree.js";

/** `1200-5600`: µs after the start of the trace. Undefined for anything else. */
export function parseZoom(text: string | undefined): ZoomRange | undefined {
  const match = /^(\d+)-(\d+)$/.exec(text ?? "");
  if (match === null) return undefined;
  const fromUs = Number(match[1]);
  const toUs = Number(match[2]);
  return toUs > fromUs ? { fromUs, toUs } : undefined;
}

/** The text that `parseZoom` reads back, in whole µs. */
export function printZoom(zoom: ZoomRange | undefined): string | undefined {
  return zoom === undefined ? undefined : `${String(Math.round(zoom.fromUs))}-${String(Math.round(zoom.toUs))}`;
}

/** Ids of the spans in which every word occurs: in service, operation, status message or an attribute. Undefined for no words. */
export function searchSpans(tree: TraceTree, text: string): ReadonlySet<string> | undefined {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return undefined;
  const found = new Set<string>();
  for (const { span } of tree.byId.values()) {
    const attributes = Object.entries(span.attributes).map(([name, value]) => `${name}=${String(value)}`);
    const hay = [span.service, span.name, span.kind, span.status, span.statusMessage ?? "", span.version, ...attributes]
      .join("\n")
      .toLowerCase();
    if (words.every((word) => hay.includes(word))) found.add(span.spanId);
  }
  return found;
}
