/** Parameters of defects in code and configuration. */
import { ratioParameter } from "./fault-parameter.js";
import type { FaultParameter, FaultParameterSet } from "./fault-parameter.js";

const OPERATION: FaultParameter = {
  name: "operation",
  key: "operation",
  kind: "operation",
  description: "The operation concerned; all of the target when left out.",
  required: false,
};

const added = (required: boolean): FaultParameter => ({
  name: "added",
  key: "addedUs",
  kind: "duration",
  description: "Median of what each request concerned takes longer.",
  required,
  min: 0,
  max: 600_000_000,
});

const set = (
  name: string,
  livesIn: FaultParameterSet["livesIn"],
  parameters: readonly FaultParameter[],
): FaultParameterSet => ({ class: name, targets: ["service"], livesIn, exactlyOneOf: [], parameters });

export const CODE_PARAMETERS: readonly FaultParameterSet[] = [
  set("code/exception", "either", [
    OPERATION,
    ratioParameter("Share of the requests concerned that are answered 500.", 1),
  ]),
  set("code/slow-method", "either", [
    OPERATION,
    added(true),
    {
      name: "spends",
      key: "spends",
      kind: "choice",
      choices: ["time", "cpu"],
      description: "Whether it waits or computes.",
      required: false,
      defaultValue: "time",
    },
  ]),
  set("code/segment-failure", "either", [
    OPERATION,
    ratioParameter("Share of the requests concerned that are answered 500.", 1),
    {
      name: "products",
      key: "products",
      kind: "ratio",
      description: "Only this share of products.",
      required: false,
      min: 0,
      max: 1,
    },
    ...["region", "tenant", "device", "appVersion", "locale"].map((name): FaultParameter => ({
      name,
      key: name,
      kind: "name",
      description: `Only users with this ${name === "appVersion" ? "version of the client" : name}.`,
      required: false,
    })),
    {
      name: "itemsAtLeast",
      key: "itemsAtLeast",
      kind: "count",
      description: "Only baskets of at least so many items.",
      required: false,
      min: 1,
      max: 1_000,
    },
  ]),
  set("deploy/feature-flag", "either", [
    OPERATION,
    { name: "flag", key: "flag", kind: "name", description: "The flag that decides.", required: true },
    {
      name: "value",
      key: "value",
      kind: "switch",
      description: "The value at which the defect strikes.",
      required: false,
      defaultValue: true,
    },
    ratioParameter("Share of requests that are answered 500.", 0),
    added(false),
  ]),
  set("deploy/wrong-setting", "either", [
    {
      name: "dependency",
      key: "dependency",
      kind: "component",
      description: "The component whose address is wrong.",
      required: true,
    },
  ]),
  set("deploy/mixed-versions", "environment", [
    OPERATION,
    ratioParameter("Share of requests at the old instance that are answered 500.", 0),
    added(false),
  ]),
];
