/** Parameters of the faults of processors, memory, workers, descriptors and volumes. */
import type { FaultParameter, FaultParameterSet, FaultTargetKind } from "./fault-parameter.js";

const set = (
  name: string,
  livesIn: FaultParameterSet["livesIn"],
  parameters: readonly FaultParameter[],
  more: { readonly targets?: readonly FaultTargetKind[]; readonly exactlyOneOf?: readonly (readonly string[])[] } = {},
): FaultParameterSet => ({
  class: name,
  targets: more.targets ?? ["service"],
  livesIn,
  exactlyOneOf: more.exactlyOneOf ?? [],
  parameters,
});

const bytes = (name: string, description: string, max: number): FaultParameter => ({
  name,
  key: name,
  kind: "count",
  description,
  required: false,
  min: 1,
  max,
});

export const COMPUTE_PARAMETERS: readonly FaultParameterSet[] = [
  set("resource/noisy-neighbour", "environment", [
    {
      name: "node",
      key: "node",
      kind: "name",
      description: "The node; that of the target's first instance when left out.",
      required: false,
    },
    {
      name: "share",
      key: "share",
      kind: "factor",
      description: "Processors that the neighbour wants, in times what the node has.",
      required: false,
      defaultValue: 1,
      min: 0.01,
      max: 100,
    },
  ]),
  set("resource/cpu-throttling", "environment", [
    {
      name: "cores",
      key: "cores",
      kind: "factor",
      description: "Processor time that a container may use in a period, in cores.",
      required: true,
      min: 0.01,
      max: 256,
    },
    {
      name: "period",
      key: "periodUs",
      kind: "duration",
      description: "How often the quota is given anew.",
      required: false,
      defaultValue: 100_000,
      min: 1_000,
      max: 1_000_000,
    },
    {
      name: "parallel",
      key: "parallel",
      kind: "factor",
      description: "Cores that a container may run on at once while it has quota; its declared cores when left out.",
      required: false,
      min: 0.1,
      max: 256,
    },
  ]),
  set(
    "resource/memory-leak",
    "either",
    [
      bytes("bytesPerRequest", "Memory that each request leaves behind.", 1e9),
      bytes("bytesPerSecond", "Memory that a process loses a second.", 1e10),
    ],
    { exactlyOneOf: [["bytesPerRequest", "bytesPerSecond"]] },
  ),
  set("resource/garbage-collection", "either", [
    {
      name: "retained",
      key: "retained",
      kind: "ratio",
      description: "Share of the heap that stays in use.",
      required: false,
      defaultValue: 0,
      min: 0,
      max: 0.97,
    },
    {
      name: "allocation",
      key: "allocation",
      kind: "factor",
      description: "How many times what they usually allocate requests allocate.",
      required: false,
      defaultValue: 1,
      min: 1,
      max: 1_000,
    },
  ]),
  set("resource/thread-contention", "either", [
    {
      name: "operation",
      key: "operation",
      kind: "operation",
      description: "The kind of request that holds its workers for too long.",
      required: true,
    },
    {
      name: "held",
      key: "heldUs",
      kind: "duration",
      description: "Median of how much longer it holds them.",
      required: true,
      min: 1_000,
      max: 600_000_000,
    },
  ]),
  set("resource/file-descriptors", "either", [
    {
      name: "perSecond",
      key: "perSecond",
      kind: "factor",
      description: "Descriptors that a process opens a second and never closes.",
      required: true,
      min: 0.001,
      max: 1e6,
    },
  ]),
  set(
    "resource/disk-full",
    "environment",
    [
      bytes("bytesPerSecond", "What is written a second besides.", 1e12),
      {
        name: "after",
        key: "afterUs",
        kind: "duration",
        description: "Time in which what is free at the beginning is filled.",
        required: false,
        min: 0,
        max: 86_400_000_000,
      },
    ],
    { targets: ["service", "store"], exactlyOneOf: [["bytesPerSecond", "after"]] },
  ),
];
