/** Parameters of faults of what starts, checks, replaces and counts processes. */
import type { FaultParameter, FaultParameterSet } from "./fault-parameter.js";

const set = (
  name: string,
  livesIn: FaultParameterSet["livesIn"],
  parameters: readonly FaultParameter[],
): FaultParameterSet => ({ class: name, targets: ["service"], livesIn, exactlyOneOf: [], parameters });

const time = (name: string, description: string, min: number, defaultValue?: number): FaultParameter => ({
  name,
  key: `${name}Us`,
  kind: "duration",
  description,
  required: false,
  ...(defaultValue === undefined ? {} : { defaultValue }),
  min,
  max: 3_600_000_000,
});

const number = (
  name: string,
  description: string,
  min: number,
  max: number,
  defaultValue?: number,
): FaultParameter => ({
  name,
  key: name,
  kind: "count",
  description,
  required: false,
  ...(defaultValue === undefined ? {} : { defaultValue }),
  min,
  max,
});

const choice = (
  name: string,
  description: string,
  choices: readonly string[],
  defaultValue: string,
): FaultParameter => ({ name, key: name, kind: "choice", choices, description, required: false, defaultValue });

const checkTimes = (everyUs?: number, failures?: number): readonly FaultParameter[] => [
  time("every", "Between two checks; as declared when left out.", 10_000, everyUs),
  time("timeout", "How long an answer may take; as declared, or 1 s, when left out.", 10),
  number("failures", "Failures in a row after which something is done.", 1, 1_000, failures),
];

const dependency = (required: boolean): FaultParameter => ({
  name: "dependency",
  key: "dependency",
  kind: "component",
  description: "What the check asks before it answers.",
  required,
});

export const CONTROL_PARAMETERS: readonly FaultParameterSet[] = [
  set("platform/instance-killed", "environment", []),
  set("dependency/health-check-cascade", "environment", [
    dependency(true),
    time("latency", "New median time of every answer of the dependency; 0 leaves it as it is.", 0, 2_000_000),
    ...checkTimes(5_000_000, 2),
  ]),
  set("dependency/health-check-blind", "environment", [
    choice(
      "mode",
      "Whether the processes concerned fail or never end every request while they pass for well, or pass for ill.",
      ["fails", "hangs", "withdraws"],
      "fails",
    ),
  ]),
  set("platform/probe-misconfigured", "environment", [
    choice("probe", "Which check is wrong.", ["liveness", "readiness"], "liveness"),
    ...checkTimes(),
    time("initialDelay", "From the start of a process to its first check; no check before it is up when left out.", 0),
    dependency(false),
    {
      name: "worker",
      key: "worker",
      kind: "switch",
      description: "Whether a worker answers, and the check waits in the line for one.",
      required: false,
      defaultValue: true,
    },
  ]),
  set("resource/cold-start", "either", [
    {
      name: "factor",
      key: "factor",
      kind: "factor",
      description: "How many times its usual time computation takes at first.",
      required: false,
      defaultValue: 6,
      min: 1,
      max: 1_000,
    },
    time("warmUp", "Until a process is as fast as ever.", 1, 120_000_000),
    {
      name: "restart",
      key: "restart",
      kind: "switch",
      description: "Whether the processes are started again at the onset; when left out, unless a change brings it.",
      required: false,
    },
  ]),
  set("deploy/rolling-update", "either", [
    choice(
      "mode",
      "Fresh processes never become ready or end again and again; old ones are not drained; all are replaced at once.",
      ["hangs", "crashes", "no-drain", "all-at-once"],
      "hangs",
    ),
    time("after", "With crashes: how long a start runs.", 1, 3_000_000),
  ]),
  set("platform/autoscaler", "environment", [
    choice("metric", "What is looked at; as declared, or cpu, when left out.", ["cpu", "concurrency"], "cpu"),
    {
      name: "target",
      key: "target",
      kind: "factor",
      description: "Wanted value of the metric; as declared, or 0.8, when left out.",
      required: false,
      min: 0.001,
      max: 1_000,
    },
    number("min", "Instances at least.", 1, 600),
    number("max", "Instances at most.", 1, 600),
    time("stabilization", "How long more instances must not have been wanted before there are fewer.", 0),
  ]),
];
