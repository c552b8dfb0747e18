/** What clients of Pyroscope select by: a profile type, a label selector, a time. */
import { pulseOf } from "../../base/pulse.js";
import { MICROS_PER_MS } from "../../base/time.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import { compileMatcher } from "../../telemetry/matcher.js";
import type { ProfileLabels, ProfileSelection } from "../../telemetry/profile-store.js";
import { parsePromql } from "../../query/promql/parse.js";
import { PROFILE_TYPES, profileTypeId, profileTypeOf, type ProfileType } from "./profile-types.js";

/** A question that cannot be answered as it was put; said to the client with status 400. */
export class BadProfileQuery extends Error {
  override readonly name = "BadProfileQuery";
}

/** Names of labels, and what of a process each says. */
export const PROFILE_LABELS: Readonly<Record<string, (labels: ProfileLabels) => string>> = {
  instance: ({ instance }) => instance,
  service_name: ({ service }) => service,
  version: ({ version }) => version,
};

/** The label that says the type. */
export const TYPE_LABEL = "__profile_type__";

/** Value of a label; empty for one that is not there. */
export function profileLabel(labels: ProfileLabels, name: string): string {
  return Object.hasOwn(PROFILE_LABELS, name) ? PROFILE_LABELS[name](labels) : "";
}

export function requiredType(id: string): ProfileType {
  const type = profileTypeOf(id);
  if (type !== undefined) return type;
  const known = PROFILE_TYPES.map(profileTypeId).join(", ");
  throw new BadProfileQuery(`unknown profile type ${JSON.stringify(id)}: known are ${known}`);
}

/** Matchers of a selector such as `{service_name="cart"}`; none for an empty text. */
export function selectorMatchers(selector: string): readonly LabelMatcher[] {
  const text = selector.trim();
  if (text === "" || text === "{}") return [];
  const parsed = parsePromql(text);
  if (!parsed.ok) {
    const [worst] = parsed.error;
    throw new BadProfileQuery(`${String(worst.line)}:${String(worst.column)}: parse error: ${worst.message}`);
  }
  if (parsed.value.kind !== "vector-selector") throw new BadProfileQuery(`1:1: ${text} is not a label selector`);
  return parsed.value.matchers;
}

/** Labels about the type of a profile, which every process has: it is taken in profiles of all types. */
const TYPE_LABELS: Readonly<Record<string, (type: ProfileType) => readonly string[]>> = {
  [TYPE_LABEL]: (type) => [profileTypeId(type)],
  // Some clients write the type where the name of a metric stands.
  __name__: (type) => [type.name, profileTypeId(type)],
  __type__: (type) => [type.sampleType],
  __unit__: (type) => [type.sampleUnit],
  __period_type__: (type) => [type.periodType],
  __period_unit__: (type) => [type.periodUnit],
};

/** Whether there is a type of which all matchers about types hold. */
function isOfKnownType(matchers: readonly LabelMatcher[]): boolean {
  const tests = matchers
    .filter(({ name }) => Object.hasOwn(TYPE_LABELS, name))
    .map((matcher) => ({ valuesOf: TYPE_LABELS[matcher.name], matches: compileMatcher(matcher) }));
  return PROFILE_TYPES.some((type) => tests.every(({ valuesOf, matches }) => valuesOf(type).some(matches)));
}

/** Whether a process satisfies all matchers. */
export function labelsFilter(matchers: readonly LabelMatcher[]): (labels: ProfileLabels) => boolean {
  if (!isOfKnownType(matchers)) return () => false;
  const tests = matchers
    .filter(({ name }) => !Object.hasOwn(TYPE_LABELS, name))
    .map((matcher) => ({ name: matcher.name, matches: compileMatcher(matcher) }));
  return (labels) => tests.every(({ name, matches }) => matches(profileLabel(labels, name)));
}

/** `<type>{<selector>}` of the render endpoint. */
export function renderQuery(text: string): { readonly type: ProfileType; readonly selector: string } {
  const brace = text.indexOf("{");
  const id = brace < 0 ? text : text.slice(0, brace);
  return { type: requiredType(id.trim()), selector: brace < 0 ? "" : text.slice(brace) };
}

/** A selection that ends no later than now. */
export function selectionOf(
  type: ProfileType,
  selector: string,
  window: { readonly fromUs: number; readonly toUs: number },
  clockMs: (() => number) | undefined,
): ProfileSelection {
  if (window.toUs < window.fromUs) throw new BadProfileQuery("the end of the time is before its start");
  const accepts = labelsFilter(selectorMatchers(selector));
  return { kind: type.kind, ...window, accepts, watch: pulseOf(clockMs) };
}

/** Units of a relative time such as `now-15m`. */
const UNITS_US: Readonly<Record<string, number>> = {
  s: 1e6,
  m: 60e6,
  h: 3_600e6,
  d: 86_400e6,
};

/** µs of a time of the render endpoint: `now`, `now-1h`, or a number of seconds or milliseconds by its size. */
export function renderTimeUs(text: string, nowUs: number, clockAheadMs: number): number {
  const relative = /^now(?:-(\d+)([smhd]))?$/.exec(text);
  if (relative !== null) {
    const [, count = "0", unit = "s"] = relative;
    return nowUs - Number(count) * UNITS_US[unit];
  }
  if (!/^\d+$/.test(text))
    throw new BadProfileQuery(`${JSON.stringify(text)} is not a time: use now-1h or Unix seconds`);
  const ms = text.length > 11 ? Number(text) : Number(text) * 1_000;
  return (ms - clockAheadMs) * MICROS_PER_MS;
}
