/**
 * What a span, and all that happened below it, says about a request: its own fields; how often each operation was
 * called, how long each worked itself, how it failed; and which processes served. The last three are what single spans
 * do not know, and what tells an N+1 from a slow query.
 */
import { isResourceAttribute } from "../../telemetry/stored-spans.js";
import type { SpanColumns } from "../../telemetry/span-reader.js";
import type { AttributeSeed, Side, Tally, TalliedValue } from "./tally.js";
import type { RowSet } from "./span-sets.js";

/** Messages may be consumed this long after the span that sent them. */
const TAIL_US = 120_000_000;
/** What of a process is told apart for each service. */
const SERVED_BY = ["service.version", "service.instance.id", "cloud.availability_zone"] as const;
/** Longer lists of values of one service in one trace are only called several. */
const TOGETHER_MAX = 3;

/** Spans below the chosen ones, and what each attribute is called. */
export class SpanAttributes {
  readonly #seeds = new Map<string, AttributeSeed>();
  /** Spans whose attributes were rendered. */
  rendered = 0;

  constructor(readonly tally: Tally) {}

  /** Adds all attributes of the chosen rows of one stretch. Rows ascend. */
  addAll(side: Side, { columns, rows }: RowSet): void {
    const below = subtreesOf(columns, rows);
    for (const row of rows) {
      this.#addOwn(side, columns, row);
      this.#addBelow(side, columns, row, below.get(row) ?? []);
    }
  }

  #addOwn(side: Side, columns: SpanColumns, row: number): void {
    const shape = columns.shapeOf(columns.shape(row));
    const intrinsics: Readonly<Record<string, TalliedValue>> = {
      name: shape.name,
      kind: shape.kind,
      status: shape.status,
      ...(shape.statusMessage === "" ? {} : { statusMessage: shape.statusMessage }),
    };
    for (const name in intrinsics) this.#addField(side, "intrinsic", name, intrinsics[name]);
    this.#addField(side, "intrinsic", "duration", columns.durationUs(row));
    const { span, resource } = columns.detail(row);
    this.rendered++;
    for (const name in resource) this.#addField(side, "resource", name, resource[name]);
    for (const name in span) this.#addField(side, "span", name, span[name]);
  }

  #addField(side: Side, scope: "intrinsic" | "resource" | "span", name: string, value: TalliedValue): void {
    const id = scope === "intrinsic" ? name : `${scope}.${name}`;
    const unit = name === "duration" ? "us" : name.endsWith("_ms") ? "ms" : undefined;
    const seed = this.#seed(id, () => ({
      id,
      origin: { kind: "field", scope, name },
      title: name,
      absent: "none",
      ...(unit === undefined ? {} : { unit }),
    }));
    this.tally.add(side, seed, value);
  }

  #addBelow(side: Side, columns: SpanColumns, root: number, rows: readonly number[]): void {
    const figures = new Map<number, { calls: number; ownUs: number }>();
    const processes: Processes = new Map();
    const ownUs = ownTimes(columns, root, rows);
    rows.forEach((row, index) => {
      const shapeNumber = columns.shape(row);
      const { kind, service } = columns.shapeOf(shapeNumber);
      const counted = figures.get(shapeNumber) ?? { calls: 0, ownUs: 0 };
      figures.set(shapeNumber, { calls: counted.calls + 1, ownUs: counted.ownUs + ownUs[index] });
      if (row !== root && (kind === "server" || kind === "consumer"))
        this.#addProcess(columns, row, service, processes);
    });
    this.#addFigures(side, columns, figures);
    const failure = firstFailures(columns, rows);
    if (failure !== undefined) this.tally.add(side, FAILURE, failure);
    for (const { service, name, values } of processes.values()) this.#addServedBy(side, service, name, values);
  }

  /** Spans of an operation that ended well and of one that failed are of one operation. */
  #addFigures(
    side: Side,
    columns: SpanColumns,
    figures: ReadonlyMap<number, { readonly calls: number; readonly ownUs: number }>,
  ): void {
    const sums = new Map<string, { readonly place: Place; calls: number; ownUs: number }>();
    for (const [shapeNumber, { calls, ownUs }] of figures) {
      const { service, name } = columns.shapeOf(shapeNumber);
      const key = `${service} ${name}`;
      const sum = sums.get(key) ?? { place: { service, operation: name }, calls: 0, ownUs: 0 };
      sums.set(key, { ...sum, calls: sum.calls + calls, ownUs: sum.ownUs + ownUs });
    }
    for (const { place, calls, ownUs } of sums.values()) {
      this.#addPlaced(side, "calls", place, calls);
      this.#addPlaced(side, "own-time", place, ownUs);
    }
  }

  #addPlaced(side: Side, kind: "calls" | "own-time", place: Place, value: number): void {
    const id = `${kind}: ${place.service} ${place.operation}`;
    const seed = this.#seed(id, () => ({
      id,
      origin: { kind, ...place },
      title: PLACED_TITLES[kind](place),
      absent: "zero",
      unit: kind === "own-time" ? "us" : "count",
    }));
    this.tally.add(side, seed, value);
  }

  #addProcess(columns: SpanColumns, row: number, service: string, processes: Processes): void {
    this.rendered++;
    for (const name of SERVED_BY) {
      const value = columns.attribute(row, name, isResourceAttribute(name) ? "resource" : "either");
      if (value === undefined) continue;
      const key = `${service} ${name}`;
      const process = processes.get(key) ?? { service, name, values: new Set() };
      process.values.add(String(value));
      processes.set(key, process);
    }
  }

  #addServedBy(side: Side, service: string, name: string, values: ReadonlySet<string>): void {
    const id = `served-by: ${service} ${name}`;
    const seed = this.#seed(id, () => ({
      id,
      origin: { kind: "served-by", service, name },
      title: `${name} of ${service}`,
      absent: "none",
    }));
    const together = values.size > TOGETHER_MAX ? "several" : [...values].sort().join(" and ");
    this.tally.add(side, seed, together);
  }

  #seed(id: string, make: () => AttributeSeed): AttributeSeed {
    let seed = this.#seeds.get(id);
    if (seed === undefined) this.#seeds.set(id, (seed = make()));
    return seed;
  }
}

/** By service and name of the attribute. */
type Processes = Map<string, { readonly service: string; readonly name: string; readonly values: Set<string> }>;

const FAILURE: AttributeSeed = {
  id: "failure",
  origin: { kind: "failure" },
  title: "where failures began",
  absent: "none",
};

/** Operations that failed although nothing below them did; a caller's failure says only that it was told. */
function firstFailures(columns: SpanColumns, rows: readonly number[]): string | undefined {
  const failed = rows.filter((row) => columns.shapeOf(columns.shape(row)).status === "error");
  const told = new Set(failed.map((row) => columns.parent(row)));
  const first = failed.filter((row) => !told.has(row));
  const names = new Set(
    first.map((row) => {
      const { service, name, kind, statusMessage } = columns.shapeOf(columns.shape(row));
      const peer = kind === "client" ? columns.attribute(row, "server.address", "span") : undefined;
      const place = peer === undefined ? `${service} ${name}` : `${service} → ${String(peer)} ${name}`;
      return statusMessage === "" ? place : `${place}: ${statusMessage}`;
    }),
  );
  if (names.size === 0) return undefined;
  return names.size > TOGETHER_MAX ? "several" : [...names].sort().join(" and ");
}

interface Place {
  readonly service: string;
  readonly operation: string;
}

const PLACED_TITLES: Readonly<Record<"calls" | "own-time", (place: Place) => string>> = {
  calls: ({ service, operation }) => `number of ${operation} spans of ${service}`,
  "own-time": ({ service, operation }) => `own time of ${operation} in ${service}`,
};

/** For each of the ascending rows itself and all seen spans below it, ascending. */
function subtreesOf(columns: SpanColumns, rows: Int32Array): ReadonlyMap<number, readonly number[]> {
  const subtrees = new Map<number, number[]>();
  if (rows.length === 0) return subtrees;
  const isWanted = new Uint8Array(columns.traces);
  for (const row of rows) {
    isWanted[columns.trace(row)] = 1;
    subtrees.set(row, [row]);
  }
  /** By row: the chosen rows that it lies below. */
  const owners = new Map<number, readonly number[]>();
  const end = columns.firstRowFrom(columns.startUs(rows[rows.length - 1]) + TAIL_US);
  for (let row = rows[0]; row < end; row++) {
    if (isWanted[columns.trace(row)] === 0) continue;
    const parent = columns.parent(row);
    const above = parent < 0 ? [] : (owners.get(parent) ?? []);
    const own = subtrees.has(row) ? [...above, row] : above;
    if (own.length === 0) continue;
    owners.set(row, own);
    if (!columns.isSeen(row)) continue;
    for (const owner of above) subtrees.get(owner)?.push(row);
  }
  return subtrees;
}

/** Time of each span in which none of its children ran, in µs. Rows ascend by start, so children are met in order. */
function ownTimes(columns: SpanColumns, root: number, rows: readonly number[]): Float64Array {
  const own = new Float64Array(rows.length);
  const placeOf = new Map<number, number>();
  /** By place: up to where children have covered the span. */
  const coveredUs = new Float64Array(rows.length);
  rows.forEach((row, place) => {
    placeOf.set(row, place);
    const startUs = columns.startUs(row);
    own[place] = columns.durationUs(row);
    coveredUs[place] = startUs;
    const parent = row === root ? undefined : placeOf.get(columns.parent(row));
    if (parent === undefined) return;
    const parentRow = rows[parent];
    const endUs = columns.startUs(parentRow) + columns.durationUs(parentRow);
    const fromUs = Math.max(startUs, coveredUs[parent]);
    const toUs = Math.min(startUs + columns.durationUs(row), endUs);
    if (toUs <= fromUs) return;
    own[parent] -= toUs - fromUs;
    coveredUs[parent] = toUs;
  });
  return own;
}
