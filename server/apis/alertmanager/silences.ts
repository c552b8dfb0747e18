/**
 * Silences: listed, posted, changed and ended. What changes them is an order of the learner and goes through the run's
 * log. Source: alertmanager/silence/silence.go, Set and canUpdate; api/v2/api.go.
 */
import { z } from "zod";
import { compareMatchers, labelTest, makeMatcher } from "../../alerting/alertmanager/label-matchers.js";
import { stateOf } from "../../alerting/alertmanager/silence-book.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { decodeUtf8 } from "../../base/utf8.js";
import { parseRfc3339Ms } from "../../query/promql/calendar.js";
import { silenceId, type Silence } from "../../sim/observability/silences.js";
import type { AlertMatcher } from "../../topology/alertmanager-spec.js";
import { type ApiAnswer, type ApiOrder, type ApiRequest, JSON_TYPE, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { BadRequest, badRequest, booleanOf, codedAnswer, instantText, matchersOf } from "./parameters.js";

const STATES = ["active", "pending", "expired"] as const;

/** Those in force first. Filters: active, pending, expired, and filter on the silences' own matchers. */
export function listSilences(request: ApiRequest, { silences, nowUs }: ApiWorld): ApiAnswer {
  const wanted = STATES.filter((state) => booleanOf(request, state));
  const filters = matchersOf(request);
  const found = silences.list
    .filter((silence) => wanted.includes(stateOf(silence, nowUs)) && filters.every((filter) => suits(silence, filter)))
    .sort((one, other) => compareSilences(one, other, nowUs));
  return jsonAnswer(found.map((silence) => silenceAnswer(silence, request, nowUs)));
}

/** A filter looks at the value of the silence's matcher of the same name. */
function suits({ matchers }: Silence, filter: AlertMatcher): boolean {
  const own = matchers.find(({ name }) => name === filter.name);
  if (filter.value === "" && filter.isEqual === (own === undefined)) return true;
  return labelTest([filter])(own === undefined ? {} : { [own.name]: own.value });
}

function compareSilences(one: Silence, other: Silence, nowUs: number): number {
  const state = stateOf(one, nowUs);
  const rank = STATES.indexOf(state) - STATES.indexOf(stateOf(other, nowUs));
  if (rank !== 0) return rank;
  if (state === "pending") return one.fromUs - other.fromUs;
  return state === "active" ? one.untilUs - other.untilUs : other.untilUs - one.untilUs;
}

function silenceAnswer(silence: Silence, request: ApiRequest, nowUs: number): Readonly<Record<string, unknown>> {
  const { id, matchers, fromUs, untilUs, createdBy, comment, updatedUs } = silence;
  return {
    id,
    status: { state: stateOf(silence, nowUs) },
    updatedAt: instantText(updatedUs / MICROS_PER_MS, request),
    annotations: {},
    comment,
    createdBy,
    endsAt: instantText(untilUs / MICROS_PER_MS, request),
    matchers: matchers.map(({ name, value, isRegex, isEqual }) => ({ isEqual, isRegex, name, value })),
    startsAt: instantText(fromUs / MICROS_PER_MS, request),
  };
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function silenceOf(id: string, { silences }: ApiWorld): Silence | undefined {
  if (!UUID.test(id))
    throw new BadRequest(codedAnswer(422, 601, `silenceID in path must be of type uuid: ${JSON.stringify(id)}`));
  return silences.list.find((silence) => silence.id === id);
}

const EMPTY: ApiAnswer = { httpStatus: 200, contentType: JSON_TYPE, body: "" };

export function getSilence(request: ApiRequest, world: ApiWorld, id: string): ApiAnswer {
  const silence = silenceOf(id, world);
  return silence === undefined
    ? { ...EMPTY, httpStatus: 404 }
    : jsonAnswer(silenceAnswer(silence, request, world.nowUs));
}

export function deleteSilence(_request: ApiRequest, world: ApiWorld, id: string): ApiAnswer | ApiOrder {
  const silence = silenceOf(id, world);
  if (silence === undefined) return { ...EMPTY, httpStatus: 404 };
  if (stateOf(silence, world.nowUs) === "expired") throw badRequest(`silence ${id} already expired`, 500);
  return { order: { kind: "expire-silence", silence: id }, answer: EMPTY };
}

const required = (name: string): { readonly error: string } => ({ error: `${name} in body is required` });

const instant = (name: string) =>
  z.string(required(name)).transform((text, context): number => {
    const ms = parseRfc3339Ms(text);
    if (ms !== undefined) return ms;
    context.issues.push({
      code: "custom",
      message: `${name} in body must be of type date-time: ${JSON.stringify(text)}`,
      input: text,
    });
    return z.NEVER;
  });

/** What is shown and kept of one silence. */
const MATCHERS_MAX = 50;
const VALUE_MAX = 2_000;

const postable = z.object(
  {
    id: z.string().nullish(),
    matchers: z
      .array(
        z.object({
          name: z.string(required("name")).max(200),
          value: z.string(required("value")).max(VALUE_MAX),
          isRegex: z.boolean(required("isRegex")),
          isEqual: z.boolean().nullish(),
        }),
        required("matchers"),
      )
      .min(1, "matchers in body should have at least 1 items")
      .max(MATCHERS_MAX, `matchers in body should have at most ${String(MATCHERS_MAX)} items`),
    startsAt: instant("startsAt"),
    endsAt: instant("endsAt"),
    createdBy: z.string(required("createdBy")).max(200),
    comment: z.string(required("comment")).max(VALUE_MAX),
  },
  required("silence"),
);

export function postSilence(request: ApiRequest, world: ApiWorld): ApiOrder {
  const posted = readSilence(request);
  const { clockAheadMs } = request;
  const startsAt = Math.round((posted.startsAt - clockAheadMs) * MICROS_PER_MS);
  const endsAt = Math.round((posted.endsAt - clockAheadMs) * MICROS_PER_MS);
  if (endsAt <= startsAt) throw badRequest("Failed to create silence: start time must be before end time");
  if (endsAt <= world.nowUs) throw badRequest("Failed to create silence: end time can't be in the past");
  const matchers = checkedMatchers(posted.matchers);
  const { createdBy, comment } = posted;
  const given = posted.id ?? "";
  const before = given === "" ? undefined : world.silences.list.find(({ id }) => id === given);
  if (given !== "" && before === undefined) throw badRequest("silence not found", 404);
  const rest = { matchers, startsAt, endsAt, createdBy, comment };
  const keeps = before !== undefined && canUpdate(before, rest, world.nowUs);
  const text = `${String(world.nowUs)} ${String(world.silences.list.length)} ${JSON.stringify(rest)}`;
  const id = keeps ? given : silenceId(text);
  const replaces = before !== undefined && !keeps && stateOf(before, world.nowUs) !== "expired";
  const order = { kind: "post-silence" as const, id, ...rest, ...(replaces ? { replaces: given } : {}) };
  return { order, answer: jsonAnswer({ silenceID: id }) };
}

function readSilence({ contentType, body }: ApiRequest): z.output<typeof postable> {
  if (contentType !== JSON_TYPE)
    throw new BadRequest(
      codedAnswer(415, 415, `unsupported media type ${JSON.stringify(contentType)}, only [${JSON_TYPE}] are allowed`),
    );
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(body) ?? "");
  } catch {
    throw new BadRequest(codedAnswer(400, 400, 'parsing silence body from "" failed, because it is no JSON'));
  }
  const parsed = postable.safeParse(value);
  if (!parsed.success) throw new BadRequest(codedAnswer(422, 602, parsed.error.issues[0]?.message ?? "bad silence"));
  return parsed.data;
}

function checkedMatchers(written: z.output<typeof postable>["matchers"]): readonly AlertMatcher[] {
  const matchers = written.map(({ name, value, isRegex, isEqual }, index): AlertMatcher => {
    const made = makeMatcher({ name, value, isRegex, isEqual: isEqual ?? true });
    if (!made.ok) throw badRequest(`silence invalid: invalid label matcher ${String(index)}: ${made.error}`);
    return made.value;
  });
  if (labelTest(matchers)({}))
    throw badRequest("silence invalid: at least one matcher must not match the empty string");
  return matchers;
}

/** Whether a silence that is there can become the new one without an end in between. */
function canUpdate(
  before: Silence,
  { matchers, startsAt, endsAt }: { readonly matchers: readonly AlertMatcher[]; startsAt: number; endsAt: number },
  nowUs: number,
): boolean {
  const textOf = (list: readonly AlertMatcher[]): string =>
    JSON.stringify(
      [...list].sort(compareMatchers).map(({ name, value, isRegex, isEqual }) => [name, value, isRegex, isEqual]),
    );
  if (textOf(before.matchers) !== textOf(matchers)) return false;
  const msOf = (us: number): number => Math.floor(us / MICROS_PER_MS);
  const state = stateOf(before, nowUs);
  if (state === "active") return msOf(startsAt) === msOf(before.fromUs) && endsAt >= nowUs;
  return state === "pending" && startsAt >= nowUs;
}
