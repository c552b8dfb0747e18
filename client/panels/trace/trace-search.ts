/** What the trace view keeps in the URL besides ids: the zoom range, and a search for spans. Pure. */
import type { TraceSpan } from "../../../server/wire/telemetry.js";
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

/** What is searched of each span, made once for a trace: each key typed looks through it again. */
const texts = (
  tree: TraceTree,
  known: WeakMap<TraceTree, ReadonlyMap<string, string>>,
): ReadonlyMap<string, string> => {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const made = new Map([...tree.byId.values()].map(({ span }) => [span.spanId, textOf(span)]));
  known.set(tree, made);
  return made;
};

function textOf(span: TraceSpan): string {
  const attributes = Object.entries(span.attributes).map(([name, value]) => `${name}=${String(value)}`);
  return [span.service, span.name, span.kind, span.status, span.statusMessage ?? "", span.version, ...attributes]
    .join("\n")
    .toLowerCase();
}

/** Finds spans in which every word occurs: in service, operation, status message or an attribute. */
export class SpanSearch {
  private readonly known = new WeakMap<TraceTree, ReadonlyMap<string, string>>();
  private last: { readonly tree: TraceTree; readonly text: string; readonly found: ReadonlySet<string> } | undefined;

  /** Their ids; undefined for no words. The same question gets the same set. */
  find(tree: TraceTree, text: string): ReadonlySet<string> | undefined {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length === 0) return undefined;
    if (this.last?.tree === tree && this.last.text === text) return this.last.found;
    const found = new Set<string>();
    for (const [spanId, hay] of texts(tree, this.known)) {
      if (words.every((word) => hay.includes(word))) found.add(spanId);
    }
    this.last = { tree, text, found };
    return found;
  }
}
