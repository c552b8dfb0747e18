/**
 * Checks a plain value against a zod schema and goes on after mistakes: a broken entry of a list or of a named
 * collection is reported and set aside, another broken scalar gets a stand-in, so that the checks of meaning still run
 * over the rest and an author sees all complaints at once. Paths in every answer are those of the original file.
 */
import { z } from "zod";
import type { Problem, ValuePath } from "./source-document.js";
import { suggest } from "./suggest.js";

export interface LocatedProblem extends Problem {
  readonly path: ValuePath;
}

export interface TolerantResult<Value> {
  /** Undefined when a mistake stood where nothing could be set aside. */
  readonly value: Value | undefined;
  readonly problems: readonly LocatedProblem[];
  /** Path in the file of a path in `value`: entries of lists shift when earlier ones were set aside. */
  readonly originalPath: (path: ValuePath) => ValuePath;
  /** Names and ids of what was set aside: a reference to one of them is not worth a second complaint. */
  readonly setAside: ReadonlySet<string>;
  /** Whether the value at a path of the file is a stand-in for a broken one, about which nothing more can be said. */
  readonly isStandIn: (path: ValuePath) => boolean;
}

type Container = Record<string, unknown> | unknown[];

/** Rounds of setting aside; each removes at least one entry, and few are ever needed. */
const ROUNDS_MAX = 20;

export function tolerantParse<Schema extends z.ZodType>(
  schema: Schema,
  written: unknown,
  namedCollections: ReadonlySet<string>,
): TolerantResult<z.output<Schema>> {
  const root = copy(written);
  const indexes = new ListIndexes();
  const problems: LocatedProblem[] = [];
  const setAside = new Set<string>();
  const standIns = new Set<string>();
  const originalPath = (path: ValuePath): ValuePath => indexes.original(root, path);
  const isStandIn = (path: ValuePath): boolean => standIns.has(JSON.stringify(path));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const result = schema.safeParse(root);
    if (result.success) return { value: result.data, problems, originalPath, setAside, isStandIn };
    const removals = new Map<string, ValuePath>();
    let stuck = false;
    for (const issue of result.error.issues) {
      const path = issue.path.filter((step): step is string | number => typeof step !== "symbol");
      problems.push(
        ...describeIssue(schema, root, issue, path).map((found) => ({ ...found, path: originalPath(found.path) })),
      );
      const removal = issue.code === "unrecognized_keys" ? undefined : removable(root, path, namedCollections);
      if (issue.code === "unrecognized_keys")
        for (const key of issue.keys) removals.set(JSON.stringify([...path, key]), [...path, key]);
      else if (removal === undefined) {
        if (putStandIn(schema, root, path)) standIns.add(JSON.stringify(originalPath(path)));
        else stuck = true;
      } else removals.set(JSON.stringify(removal), removal);
    }
    if (stuck) break;
    // From the back, so that a removal does not shift the index of another.
    for (const path of [...removals.values()].sort(comparePaths).reverse()) indexes.remove(root, path, setAside);
  }
  return { value: undefined, problems, originalPath, setAside, isStandIn };
}

/** The innermost entry of a list or of a named collection that encloses `path`. */
function removable(root: unknown, path: ValuePath, namedCollections: ReadonlySet<string>): ValuePath | undefined {
  for (let length = path.length; length > 0; length--) {
    const step = path[length - 1];
    const parentKey = path[length - 2];
    const inList = typeof step === "number";
    const inCollection = typeof parentKey === "string" && namedCollections.has(parentKey);
    if ((inList || inCollection) && valueAt(root, path.slice(0, length)) !== undefined) return path.slice(0, length);
  }
  return undefined;
}

/** Takes a broken value that has a default away, or puts a right one of its kind in its place; false when neither can be. */
function putStandIn(schema: z.ZodType, root: unknown, path: ValuePath): boolean {
  const parent = valueAt(root, path.slice(0, -1));
  const key = path.at(-1);
  const own = schemaAt(schema, path);
  if (!isRecord(parent) || key === undefined || own === undefined) return false;
  if (hasDefault(own)) {
    if (!Object.hasOwn(parent, key)) return false;
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- our own copy, and keys are the author's
    delete parent[String(key)];
    return true;
  }
  const value = exampleOf(own);
  // The same value again would change nothing: the schema refuses its own example.
  if (value === undefined || value === parent[String(key)]) return false;
  parent[String(key)] = value;
  return true;
}

const hasDefault = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;

/** A scalar that the schema takes; undefined for maps and lists. */
function exampleOf(schema: z.core.$ZodType): unknown {
  const inner = unwrapped(schema);
  const examples = (inner instanceof z.ZodType ? inner.meta() : undefined)?.["examples"];
  if (Array.isArray(examples)) return examples[0] as unknown;
  if (inner instanceof z.ZodString) return "x";
  if (inner instanceof z.ZodNumber) return inner.minValue ?? 0;
  if (inner instanceof z.ZodBoolean) return false;
  return inner instanceof z.ZodEnum ? inner.options[0] : undefined;
}

/** Remembers, for each list that lost entries, which ones are left. */
class ListIndexes {
  private readonly left = new Map<unknown[], number[]>();

  remove(root: unknown, path: ValuePath, setAside: Set<string>): void {
    const parent = valueAt(root, path.slice(0, -1));
    const step = path.at(-1);
    if (Array.isArray(parent) && typeof step === "number") {
      const indexes = this.left.get(parent) ?? parent.map((_, index) => index);
      const [removed] = parent.splice(step, 1) as unknown[];
      indexes.splice(step, 1);
      this.left.set(parent, indexes);
      if (isRecord(removed) && typeof removed["id"] === "string") setAside.add(removed["id"]);
      if (isRecord(removed) && typeof removed["alert"] === "string") setAside.add(removed["alert"]);
    } else if (isRecord(parent) && step !== undefined) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- our own copy, and keys are the author's
      delete parent[String(step)];
      setAside.add(String(step));
    }
  }

  original(root: unknown, path: ValuePath): ValuePath {
    let value = root;
    return path.map((step) => {
      const indexes = Array.isArray(value) ? this.left.get(value) : undefined;
      const original = typeof step === "number" ? (indexes?.[step] ?? step) : step;
      value = childOf(value, step);
      return original;
    });
  }
}

/** Problems of one zod issue, in an author's words; paths are those of the value as it stands. */
function describeIssue(schema: z.ZodType, root: unknown, issue: z.core.$ZodIssue, path: ValuePath): LocatedProblem[] {
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"`,
      hint: suggest(key, allowed),
      part: "key",
    }));
  }
  const value = valueAt(root, path);
  if (value === undefined) return [{ path, message: "is missing", hint: missingHint(issue), part: "key" }];
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String);
    return [
      { path, message: `${show(value)} is not allowed here`, hint: oneOf(show(value).replaceAll('"', ""), allowed) },
    ];
  }
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    const inner = [...path, issue.discriminator];
    const given = valueAt(root, inner);
    if (given === undefined) return [{ path: inner, message: "is missing", part: "key" }];
    return [{ path: path, message: `${show(given)} is not a known ${issue.discriminator}` }];
  }
  if (issue.code === "invalid_type") {
    const custom = issue.message.startsWith("must be");
    return [
      {
        path,
        message: custom
          ? `${issue.message}, not ${show(value)}`
          : `must be ${typeName(issue.expected)}, not ${show(value)}`,
      },
    ];
  }
  if (issue.code === "too_big" && issue.origin === "array") {
    return [{ path, message: `must have at most ${String(issue.maximum)} entries`, part: "key" }];
  }
  if (issue.code === "too_small" && issue.origin === "array" && !issue.message.startsWith("must")) {
    return [{ path, message: `must have at least ${String(issue.minimum)} entries`, part: "key" }];
  }
  if (issue.code === "invalid_key")
    return [{ path, message: issue.issues[0]?.message ?? "is not a name", part: "key" }];
  const readable = issue.message.startsWith("must");
  return [{ path, message: readable ? `${issue.message}${given(value)}` : issue.message }];
}

const missingHint = (issue: z.core.$ZodIssue): string | undefined =>
  issue.message.startsWith("must be") ? issue.message : undefined;

const oneOf = (givenText: string, allowed: readonly string[]): string | undefined => {
  const nearest = suggest(givenText, allowed);
  return nearest?.startsWith("did you mean") === true ? nearest : `allowed: ${allowed.join(", ")}`;
};

function given(value: unknown): string {
  return typeof value === "object" ? "" : `, not ${show(value)}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "a text",
  number: "a number",
  boolean: "true or false",
};

const typeName = (expected: string): string => TYPE_NAMES[expected] ?? expected;

function show(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value);
  return text.length > 60 ? text.slice(0, 57) + '…"' : text;
}

/** Keys that the schema allows at a path; empty where it has none of its own. */
function keysAt(schema: z.ZodType, path: ValuePath): readonly string[] {
  const own = schemaAt(schema, path);
  const target = own === undefined ? undefined : unwrapped(own);
  return target instanceof z.ZodObject ? Object.keys(target.shape) : [];
}

function schemaAt(schema: z.ZodType, path: ValuePath): z.core.$ZodType | undefined {
  let current: z.core.$ZodType | undefined = schema;
  for (const step of path) current = current === undefined ? undefined : schemaOf(unwrapped(current), step);
  return current;
}

function schemaOf(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.core.$ZodType>)[String(step)];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return undefined;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrapped(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  return schema;
}

function valueAt(root: unknown, path: ValuePath): unknown {
  let value = root;
  for (const step of path) value = childOf(value, step);
  return value;
}

function childOf(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return typeof step === "number" ? (value[step] as unknown) : undefined;
  return isRecord(value) && Object.hasOwn(value, step) ? value[String(step)] : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isRecord(value)) return value;
  const target: Container = {};
  for (const [key, child] of Object.entries(value)) {
    Object.defineProperty(target, key, { value: copy(child), writable: true, enumerable: true, configurable: true });
  }
  return target;
}

/** Lists by index, maps by name, an enclosing path before what it encloses. */
function comparePaths(left: ValuePath, right: ValuePath): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const a = left[index];
    const b = right[index];
    if (a === b) continue;
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a) < String(b) ? -1 : 1;
  }
  return left.length - right.length;
}
