/** What lines have in them: fields with their kinds, and patterns with their counts over time. */
import { LogqlBudget } from "../../query/logql/limits.js";
import { visitLines } from "../../query/logql/evaluate.js";
import { Drain, mergedByText, patternText } from "../../query/logql/drain.js";
import type { LineState } from "../../query/logql/line-state.js";
import { scanLogfmt } from "../../query/logql/logfmt-scanner.js";
import { scanJsonObject } from "../../query/logql/json-scanner.js";
import { sanitizeLabel } from "../../query/logql/field-parsers.js";
import { parseBytes, parseGoDuration, parseGoFloat } from "../../query/logql/units.js";
import { type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { aheadUsOf, limitOf, selectorOf, stepMsOf, windowOf } from "./loki-parameters.js";
import { success } from "./loki-index.js";
import { limitsOf } from "./loki-limits.js";

/** Newest lines that are looked at for their fields. */
const FIELD_LINES = 2_000;
/** As many of them as a client may ask for. */
const FIELD_LINES_MAX = 5_000;
const FIELDS_MAX = 1_000;
const VALUES_MAX = 1_000;
/** Newest lines that are sorted into patterns. */
const PATTERN_LINES = 200_000;
const PATTERNS_MAX = 300;

interface Field {
  readonly values: Set<string>;
  readonly parsers: Set<string>;
  /** Where a field of JSON stands. */
  readonly jsonPath: readonly string[] | undefined;
  type: string;
}

/** Numbers of both kinds are numbers with a fraction. */
const widerType = (type: string, other: string): string =>
  type === other ? type : NUMBERS.has(type) && NUMBERS.has(other) ? "float" : "string";

const NUMBERS: ReadonlySet<string> = new Set(["int", "float"]);

function visitNewest(request: ApiRequest, world: ApiWorld, lines: number, visit: (line: LineState) => void): void {
  const { fromUs, toUs } = windowOf(request, world);
  const budget = new LogqlBudget(limitsOf(world));
  let seen = 0;
  const selector = selectorOf(request, true);
  visitLines(
    selector,
    world.logs.reader,
    { fromUs, toUs, newestFirst: true, counted: budget.scanCount(), budget },
    (line) => {
      visit(line);
      return ++seen < lines;
    },
  );
}

function fieldsIn(request: ApiRequest, world: ApiWorld): Map<string, Field> {
  const fields = new Map<string, Field>();
  const add = (name: string, value: string, parser: string | undefined, jsonPath?: readonly string[]): void => {
    if (name === "" || value === "") return;
    const type = typeOf(value);
    const field = fields.get(name) ?? { values: new Set<string>(), parsers: new Set<string>(), jsonPath, type };
    field.values.add(value);
    if (parser !== undefined) field.parsers.add(parser);
    field.type = widerType(field.type, type);
    fields.set(name, field);
  };
  visitNewest(request, world, lineLimitOf(request), (line) => {
    const { metadata, parsed } = line.kinds();
    for (const [name, value] of Object.entries({ ...metadata, ...parsed })) add(name, value, undefined);
    const isJson = line.line.startsWith("{");
    const visit = (name: string, value: string, jsonPath?: readonly string[]): boolean => {
      add(sanitizeLabel(name), value, isJson ? "json" : "logfmt", jsonPath);
      return true;
    };
    if (!isJson) scanLogfmt(line.line, false, (name, value) => visit(name, value));
    else
      scanJsonObject(line.line, (path, kind, raw) =>
        kind === "object" || kind === "array" ? true : visit(path.join("_"), raw, path.map(String)),
      );
  });
  return fields;
}

/** `line_limit`: how many lines are looked at. */
function lineLimitOf(request: ApiRequest): number {
  const text = firstParameter(request, "line_limit");
  return text === undefined || !/^[1-9]\d*$/.test(text) ? FIELD_LINES : Math.min(Number(text), FIELD_LINES_MAX);
}

function typeOf(value: string): string {
  if (/^-?\d+$/.test(value)) return "int";
  if (parseGoFloat(value).ok) return "float";
  if (value === "true" || value === "false") return "boolean";
  if (parseGoDuration(value).ok) return "duration";
  return parseBytes(value).ok ? "bytes" : "string";
}

export function detectedFields(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const limit = limitOf(request, FIELDS_MAX, FIELDS_MAX);
  const fields = [...fieldsIn(request, world)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([label, { values, parsers, jsonPath, type }]) => ({
      label,
      type,
      cardinality: values.size,
      parsers: parsers.size === 0 ? null : [...parsers],
      ...(jsonPath === undefined ? {} : { jsonPath }),
    }));
  return jsonAnswer({ fields, limit });
}

export function detectedFieldValues(request: ApiRequest, world: ApiWorld, name: string): ApiAnswer {
  const limit = limitOf(request, VALUES_MAX, VALUES_MAX);
  const values = [...(fieldsIn(request, world).get(name)?.values ?? [])].slice(0, limit).sort();
  return jsonAnswer({ values, limit });
}

export function patterns(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const stepUs = Math.max(stepMsOf(request, windowOf(request, world)) * 1e3, 1e6);
  const drains = new Map<string, Drain>();
  visitNewest(request, world, PATTERN_LINES, (line) => {
    const level = line.get("level") ?? line.get("detected_level") ?? "unknown";
    const drain = drains.get(level) ?? new Drain();
    drains.set(level, drain);
    drain.add(line.line, Math.floor(line.timeUs / stepUs));
  });
  const all = [...drains].flatMap(([level, { clusters }]) => clusters.map((cluster) => ({ level, cluster })));
  const found = [...mergedByText(all, ({ level }) => level)].sort(
    (left, right) => right.cluster.size - left.cluster.size,
  );
  const limit = firstParameter(request, "limit") === undefined ? PATTERNS_MAX : limitOf(request);
  return success(
    found.slice(0, limit).map(({ level, cluster }) => ({
      pattern: patternText(cluster),
      level,
      samples: [...cluster.counts]
        .sort(([a], [b]) => a - b)
        .map(([step, count]) => [Math.floor((step * stepUs + aheadUsOf(request)) / 1e6), count]),
    })),
  );
}
