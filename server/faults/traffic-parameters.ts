/** Parameters of faults in who comes and what browsers do. */
import type { FaultParameter, FaultParameterSet } from "./fault-parameter.js";

const JOURNEY: FaultParameter = {
  name: "journey",
  key: "journey",
  kind: "journey",
  description: "The journey that is concerned; all of them when left out.",
  required: false,
};

const factor = (
  name: string,
  description: string,
  required: boolean,
  rest: Partial<FaultParameter>,
): FaultParameter => ({
  name,
  key: name,
  kind: "factor",
  description,
  required,
  ...rest,
});

export const TRAFFIC_PARAMETERS: readonly FaultParameterSet[] = [
  {
    class: "traffic/surge",
    targets: ["service"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [
      { ...JOURNEY, description: "The journey that more people take; all of them when left out." },
      factor("factor", "How many times the usual rate.", true, { min: 0, max: 100 }),
      {
        name: "halfLife",
        key: "halfLifeUs",
        kind: "duration",
        description: "Time in which what is beyond the usual halves; it stays when left out.",
        required: false,
        min: 1_000_000,
        max: 86_400_000_000,
      },
      {
        name: "bots",
        key: "bots",
        kind: "switch",
        description: "Whether automated clients come rather than people.",
        required: false,
        defaultValue: false,
      },
    ],
  },
  {
    class: "traffic/imbalance",
    targets: ["service"],
    livesIn: "environment",
    exactlyOneOf: [["share", "skew"]],
    parameters: [
      { ...JOURNEY, description: "With share: the journey." },
      {
        name: "share",
        key: "share",
        kind: "ratio",
        description: "New share of the journey among all requests, whose number stays.",
        required: false,
        min: 0,
        max: 1,
      },
      {
        name: "skew",
        key: "skew",
        kind: "ratio",
        description: "Share of the requests to the target that go to one of its instances.",
        required: false,
        min: 0,
        max: 1,
      },
    ],
  },
  {
    class: "traffic/tenant-hogging",
    targets: ["service"],
    livesIn: "environment",
    exactlyOneOf: [],
    parameters: [
      JOURNEY,
      {
        name: "tenant",
        key: "tenant",
        kind: "count",
        description: "Which tenant, counted from the largest.",
        required: false,
        defaultValue: 3,
        min: 1,
        max: 100_000,
      },
      factor("factor", "How many times its usual load the tenant sends.", false, {
        defaultValue: 20,
        min: 1,
        max: 10_000,
      }),
      factor("items", "How many times as large its baskets are.", false, { defaultValue: 1, min: 1, max: 1_000 }),
      {
        name: "members",
        key: "members",
        kind: "count",
        description: "Users of the tenant who send it.",
        required: false,
        defaultValue: 3,
        min: 1,
        max: 1_000,
      },
    ],
  },
  {
    class: "code/front-end",
    targets: ["service"],
    livesIn: "either",
    exactlyOneOf: [],
    parameters: [
      {
        name: "page",
        key: "page",
        kind: "name",
        description: "The page that is concerned; all of them when left out.",
        required: false,
      },
      {
        name: "device",
        key: "device",
        kind: "name",
        description: "The kind of device; all of them when left out.",
        required: false,
      },
      factor("weight", "How many times as many bytes the page loads.", false, { defaultValue: 1, min: 1, max: 1_000 }),
      factor("work", "How many times as much the browser works.", false, { defaultValue: 1, min: 1, max: 1_000 }),
      factor("shift", "What is added to the layout shift.", false, { defaultValue: 0, min: 0, max: 10 }),
      {
        name: "errors",
        key: "errorRatio",
        kind: "ratio",
        description: "Share of page views with an uncaught error.",
        required: false,
        defaultValue: 0,
        min: 0,
        max: 1,
      },
    ],
  },
];
