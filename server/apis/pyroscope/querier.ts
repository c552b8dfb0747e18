/**
 * Pyroscope's querier service by the Connect protocol: a POST for each method, in JSON or in Protocol Buffers. Source:
 * grafana/pyroscope, api/querier/v1/querier.proto and api/types/v1/types.proto; connectrpc.com/docs/protocol.
 */
import { MICROS_PER_MS, MICROS_PER_SECOND } from "../../base/time.js";
import type { ProfileLabels } from "../../telemetry/profile-store.js";
import { type ApiAnswer, type ApiRequest, JSON_TYPE, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import {
  decodeMessage,
  encodeMessage,
  jsonMessage,
  type MessageDescription,
  type MessageValue,
} from "../protobuf/message.js";
import { ProtobufError } from "../protobuf/protobuf-reader.js";
import type { FoldedStack } from "../../wire/profile.js";
import {
  ANALYSIS,
  CHOICE,
  FLAME_ANSWER,
  LABEL_PAIR,
  NAMES,
  SELECTION,
  SPAN_SELECTION,
  STACK_SELECTOR,
  STATISTICS,
  TIMES,
} from "./querier-messages.js";
import { FLAME_NODES_DEFAULT, FLAME_NODES_MAX, flameGraph, flameGraphDifference } from "./flame-graph.js";
import { PPROF, pprofOf } from "./pprof.js";
import {
  BadProfileQuery,
  labelsFilter,
  PROFILE_LABELS,
  profileLabel,
  renderQuery,
  requiredType,
  selectionOf,
  selectorMatchers,
  TYPE_LABEL,
} from "./profile-query.js";
import { jsonOf, numberOf, textOf, textsOf } from "./querier-values.js";
import { PROFILE_TYPES, profileTypeId, type ProfileType } from "./profile-types.js";

const PROTO_TYPES: readonly string[] = ["application/proto", "application/x-protobuf", "application/protobuf"];

interface Question {
  readonly value: MessageValue;
  readonly request: ApiRequest;
  readonly world: ApiWorld;
}

interface Method {
  readonly request: MessageDescription;
  readonly answerType: MessageDescription;
  answer(question: Question): MessageValue;
}

const METHODS: Readonly<Record<string, Method>> = {
  ProfileTypes: {
    request: TIMES,
    answerType: {
      profileTypes: {
        number: 1,
        repeated: true,
        type: {
          ID: { number: 1, type: "string" },
          name: { number: 2, type: "string" },
          sampleType: { number: 4, type: "string" },
          sampleUnit: { number: 5, type: "string" },
          periodType: { number: 6, type: "string" },
          periodUnit: { number: 7, type: "string" },
        },
      },
    },
    answer: () => ({
      profileTypes: PROFILE_TYPES.map((type) => ({
        ID: profileTypeId(type),
        name: type.name,
        sampleType: type.sampleType,
        sampleUnit: type.sampleUnit,
        periodType: type.periodType,
        periodUnit: type.periodUnit,
      })),
    }),
  },
  LabelNames: {
    request: {
      matchers: { number: 1, type: "string", repeated: true },
      start: { number: 2, type: "int64" },
      end: { number: 3, type: "int64" },
    },
    answerType: NAMES,
    answer: () => ({ names: [TYPE_LABEL, ...Object.keys(PROFILE_LABELS)].sort() }),
  },
  LabelValues: {
    request: {
      name: { number: 1, type: "string" },
      matchers: { number: 2, type: "string", repeated: true },
      start: { number: 3, type: "int64" },
      end: { number: 4, type: "int64" },
    },
    answerType: NAMES,
    answer: (question) => ({ names: labelValues(question, textOf(question.value, "name")) }),
  },
  Series: {
    request: {
      matchers: { number: 1, type: "string", repeated: true },
      labelNames: { number: 2, type: "string", repeated: true },
      start: { number: 3, type: "int64" },
      end: { number: 4, type: "int64" },
    },
    answerType: {
      labelsSet: { number: 2, repeated: true, type: { labels: { number: 1, type: LABEL_PAIR, repeated: true } } },
    },
    answer: seriesAnswer,
  },
  SelectMergeStacktraces: {
    request: { ...SELECTION, stackTraceSelector: { number: 7, type: STACK_SELECTOR } },
    answerType: FLAME_ANSWER,
    answer: ({ value, request, world }) => {
      const { type, stacks } = selected(value, request, world);
      return { flamegraph: graphMessage(flameGraph(scaled(stacks, type), maxNodesOf(value))) };
    },
  },
  // Profiles here do not know the span in which something was spent: for whatever span there is none.
  SelectMergeSpanProfile: { request: SPAN_SELECTION, answerType: FLAME_ANSWER, answer: () => ({}) },
  SelectMergeProfile: {
    request: { ...SELECTION, stackTraceSelector: { number: 6, type: STACK_SELECTOR } },
    answerType: PPROF,
    answer: ({ value, request, world }) => {
      const { type, stacks, window } = selected(value, request, world);
      return pprofOf(stacks, type, "simulated", shifted(window, request));
    },
  },
  SelectSeries: {
    request: {
      ...CHOICE,
      groupBy: { number: 5, type: "string", repeated: true },
      step: { number: 6, type: "double" },
      limit: { number: 9, type: "int64" },
    },
    answerType: {
      series: {
        number: 1,
        repeated: true,
        type: {
          labels: { number: 1, type: LABEL_PAIR, repeated: true },
          points: {
            number: 2,
            repeated: true,
            type: { value: { number: 1, type: "double" }, timestamp: { number: 2, type: "int64" } },
          },
        },
      },
    },
    answer: selectSeries,
  },
  Diff: {
    request: { left: { number: 1, type: SELECTION }, right: { number: 2, type: SELECTION } },
    answerType: FLAME_ANSWER,
    answer: ({ value, request, world }) => {
      const side = (name: string): ReturnType<typeof selected> =>
        selected((value[name] ?? {}) as MessageValue, request, world);
      const [left, right] = [side("left"), side("right")];
      const graph = flameGraphDifference(
        scaled(left.stacks, left.type),
        scaled(right.stacks, right.type),
        maxNodesOf((value["left"] ?? {}) as MessageValue),
      );
      return { flamegraph: graphMessage(graph) };
    },
  },
};

const METHODS_ABOUT: Readonly<Record<string, Method>> = {
  GetProfileStats: {
    request: {},
    answerType: STATISTICS,
    answer: ({ request, world }) => ({
      dataIngested: true,
      oldestProfileTime: clientMs(world.dataFromUs, request),
      newestProfileTime: clientMs(world.nowUs, request),
    }),
  },
  AnalyzeQuery: {
    request: {
      start: { number: 2, type: "int64" },
      end: { number: 3, type: "int64" },
      query: { number: 4, type: "string" },
    },
    answerType: ANALYSIS,
    answer: ({ value, request, world }) => {
      const { selector } = renderQuery(textOf(value, "query"));
      const matching = processes({ value: { ...value, matchers: [selector] }, request, world }).length;
      return {
        queryScopes: [{ componentType: "Short term storage", componentCount: "1", seriesCount: String(matching) }],
        queryImpact: { totalQueriedSeries: String(matching) },
      };
    },
  },
};

const clientMs = (us: number, { clockAheadMs }: ApiRequest): string =>
  String(Math.floor(us / MICROS_PER_MS + clockAheadMs));

const EVERY_METHOD: Readonly<Record<string, Method>> = { ...METHODS, ...METHODS_ABOUT };

/** Answers one method of the service. */
export function answerQuerier(method: string, request: ApiRequest, world: ApiWorld): ApiAnswer {
  const known = Object.hasOwn(EVERY_METHOD, method) ? EVERY_METHOD[method] : undefined;
  if (known === undefined) return connectError(404, "unimplemented", `there is no method ${method}`);
  if (request.method !== "POST") return connectError(405, "unimplemented", "methods are called by POST");
  const isProto = PROTO_TYPES.includes(request.contentType);
  if (request.contentType.startsWith("application/grpc"))
    return { httpStatus: 415, contentType: "text/plain; charset=utf-8", body: "" };
  try {
    const value = isProto ? decodeMessage(known.request, request.body) : jsonOf(request.body);
    const answer = known.answer({ value, request, world });
    return isProto
      ? { httpStatus: 200, contentType: request.contentType, body: encodeMessage(known.answerType, answer) }
      : jsonAnswer(jsonMessage(known.answerType, answer));
  } catch (error) {
    if (error instanceof BadProfileQuery || error instanceof ProtobufError)
      return connectError(400, "invalid_argument", error.message);
    throw error;
  }
}

export function connectError(httpStatus: number, code: string, message: string): ApiAnswer {
  return { httpStatus, contentType: JSON_TYPE, body: JSON.stringify({ code, message }) };
}

function maxNodesOf(value: MessageValue): number {
  const wanted = numberOf(value, "maxNodes") ?? 0;
  return wanted <= 0 ? FLAME_NODES_DEFAULT : Math.min(wanted, FLAME_NODES_MAX);
}

interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Times of the question in simulated µs; all that there is where it names none. */
function windowOf(value: MessageValue, { clockAheadMs }: ApiRequest, { nowUs, dataFromUs }: ApiWorld): Window {
  const read = (name: string, fallbackUs: number): number => {
    const ms = numberOf(value, name) ?? 0;
    return ms === 0 ? fallbackUs : (ms - clockAheadMs) * MICROS_PER_MS;
  };
  return { fromUs: read("start", dataFromUs), toUs: Math.min(read("end", nowUs), nowUs) };
}

const shifted = ({ fromUs, toUs }: Window, { clockAheadMs }: ApiRequest): Window => ({
  fromUs: fromUs + clockAheadMs * MICROS_PER_MS,
  toUs: toUs + clockAheadMs * MICROS_PER_MS,
});

type Stacks = ReturnType<ApiWorld["profiles"]["stacks"]>;

function selected(
  value: MessageValue,
  request: ApiRequest,
  world: ApiWorld,
): { readonly type: ProfileType; readonly stacks: Stacks; readonly window: Window } {
  const type = requiredType(textOf(value, "profileTypeID"));
  const window = windowOf(value, request, world);
  const stacks = world.profiles.stacks(selectionOf(type, textOf(value, "labelSelector"), window, world.clockMs));
  return { type, stacks: stacks.filter(callSiteTest(value)), window };
}

/** Whether a stack begins with the names of `stackTraceSelector.callSite`; every stack does where there are none. */
function callSiteTest({ stackTraceSelector }: MessageValue): (stack: FoldedStack) => boolean {
  const { callSite = [] } = (stackTraceSelector ?? {}) as {
    readonly callSite?: readonly { readonly name?: unknown }[];
  };
  const wanted = (Array.isArray(callSite) ? callSite : []).map(({ name }: { readonly name?: unknown }) => String(name));
  return ({ stack }) => {
    const frames = stack.split(";");
    return wanted.every((name, place) => frames[place] === name);
  };
}

/** Stacks in units of the type. */
export function scaled(stacks: Stacks, { unitsOfValue }: ProfileType): Stacks {
  return stacks.map(({ stack, value }) => ({ stack, value: Math.round(value * unitsOfValue) }));
}

function graphMessage(graph: ReturnType<typeof flameGraph>): MessageValue {
  const { names, levels, ...sums } = graph;
  const whole = Object.entries(sums).map(([name, value]) => [name, String(value)]);
  return {
    names,
    levels: levels.map((values) => ({ values: values.map(String) })),
    ...(Object.fromEntries(whole) as MessageValue),
  };
}

/** Processes that satisfy one of the selectors; all where there is none. */
function processes({ value, request, world }: Question): readonly ProfileLabels[] {
  const filters = textsOf(value, "matchers").map((text) => labelsFilter(selectorMatchers(text)));
  const { fromUs, toUs } = windowOf(value, request, world);
  const all = world.profiles.labelSets(fromUs, toUs);
  return filters.length === 0 ? all : all.filter((labels) => filters.some((accepts) => accepts(labels)));
}

function labelValues(question: Question, name: string): readonly string[] {
  if (name === TYPE_LABEL) return PROFILE_TYPES.map(profileTypeId).sort();
  const values = new Set(processes(question).map((labels) => profileLabel(labels, name)));
  return [...values].filter((value) => value !== "").sort();
}

const pairsOf = (labels: ProfileLabels, names: readonly string[]): readonly { name: string; value: string }[] =>
  names.map((name) => ({ name, value: profileLabel(labels, name) })).filter(({ value }) => value !== "");

function seriesAnswer(question: Question): MessageValue {
  const asked = textsOf(question.value, "labelNames");
  const names = asked.length === 0 ? Object.keys(PROFILE_LABELS) : asked;
  const sets = processes(question).flatMap((labels) =>
    names.includes(TYPE_LABEL) || asked.length === 0
      ? PROFILE_TYPES.map((type) => [{ name: TYPE_LABEL, value: profileTypeId(type) }, ...pairsOf(labels, names)])
      : [pairsOf(labels, names)],
  );
  const distinct = new Map(sets.map((labels) => [JSON.stringify(labels), labels]));
  return { labelsSet: [...distinct.values()].filter((labels) => labels.length > 0).map((labels) => ({ labels })) };
}

/** Points of one answer at most. */
const POINTS_MAX = 11_000;

function selectSeries({ value, request, world }: Question): MessageValue {
  const type = requiredType(textOf(value, "profileTypeID"));
  const window = windowOf(value, request, world);
  const stepUs = Math.max(1, numberOf(value, "step") ?? 15) * MICROS_PER_SECOND;
  if ((window.toUs - window.fromUs) / stepUs > POINTS_MAX)
    throw new BadProfileQuery(`more than ${String(POINTS_MAX)} points: take a longer step or a shorter time`);
  const groupBy = textsOf(value, "groupBy");
  const groups = new Map<string, readonly { name: string; value: string }[]>();
  const points = world.profiles.series(
    selectionOf(type, textOf(value, "labelSelector"), window, world.clockMs),
    stepUs,
    (labels) => {
      const pairs = pairsOf(labels, groupBy);
      const key = JSON.stringify(pairs);
      groups.set(key, pairs);
      return key;
    },
  );
  const totals = new Map<string, number>();
  for (const { group, value: spent } of points) totals.set(group, (totals.get(group) ?? 0) + spent);
  const most = numberOf(value, "limit") ?? 0;
  const chosen = [...groups].sort();
  if (most > 0) chosen.sort(([a], [b]) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0)).splice(most);
  return {
    series: chosen.map(([key, labels]) => ({
      labels,
      points: points
        .filter(({ group }) => group === key)
        .map(({ stepEndUs, value: spent }) => ({
          value: spent * type.unitsOfValue,
          timestamp: String(Math.round(stepEndUs / MICROS_PER_MS) + request.clockAheadMs),
        })),
    })),
  };
}
