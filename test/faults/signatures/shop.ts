/** Scenario files over the shop, made of a row of the table. */
import { parse, stringify } from "yaml";
import { formatDiagnostic } from "../../../server/base/diagnostic.js";
import { readScenario } from "../../../server/scenario/read-scenario.js";
import type { Scenario } from "../../../server/scenario/types.js";
import { scenarioFiles } from "../../fixtures/scenario-files.js";
import type { Signature, TopologyPatch } from "./signature.js";

type Tree = Record<string, unknown>;

const FILES = scenarioFiles();
const TRIGGER = "trigger";
/** Processes of the table's shop start in this time, so that deploys and cures need not be waited for. */
const STARTUP = "3s";

/** The row as a scenario. Its reference is the cure, then the wrong cure. */
export function scenarioOf(row: Signature): Scenario {
  const written = {
    title: row.class,
    summary: row.class,
    difficulty: "introductory",
    minutes: 20,
    skills: ["traces"],
    severity: "SEV-3",
    topology: "./topologies/shop.yaml",
    starts: "2025-11-12T14:00:00Z",
    page: { alert: "TargetDown", runbook: "None." },
    changes: [...changesOf(row), DECOY],
    faults: [
      {
        id: "fault",
        class: row.class,
        target: row.target,
        onset: "0",
        parameters: row.parameters ?? {},
        ...(row.trigger === "none" ? {} : { trigger: TRIGGER }),
        ...row.fault,
      },
    ],
    grading: {
      alertingComponent: "edge",
      explanation: "None.",
      reference: [...curesOf(row), ...row.wrongCure].map((action) => ({ after: "1m", action })),
      followUps: [{ question: "Why?", strong: ["Because."], redFlags: ["No."] }],
    },
  };
  const files = new Map([
    ...FILES,
    ["row.yaml", stringify(written)],
    ["topologies/shop.yaml", topologyText(row.topology)],
  ]);
  const { scenario, diagnostics } = readScenario(files, "row.yaml");
  if (scenario === undefined) throw new Error(`${row.class}\n${diagnostics.map(formatDiagnostic).join("\n")}`);
  return scenario;
}

/** The orders of the cure as written. */
export function curesOf({ cure }: Signature): readonly Tree[] {
  if (cure === "rollback") return [{ kind: "rollback", change: TRIGGER }];
  return cure === "ends" ? [] : cure.map((action) => ({ ...action }));
}

/** A change that has nothing to do with anything. */
const DECOY = {
  id: "decoy",
  kind: "setting",
  target: "cart",
  at: "-10s",
  author: "Ada",
  title: "Longer lines in the log",
  description: "None.",
  diff: "none",
};

function changesOf({ trigger, target }: Signature): readonly Tree[] {
  if (trigger === "none") return [];
  const change = { id: TRIGGER, target, at: "0", author: "Ada", title: "A change", description: "None.", diff: "none" };
  if (trigger === "setting") return [{ ...change, kind: "setting" }];
  if (trigger === "deploy") return [{ ...change, kind: "deploy", version: { from: versionOf(target), to: "99.0.0" } }];
  return [{ ...change, kind: "flag", flag: { name: trigger.flag, value: trigger.value } }];
}

/** Without dashboards, which nothing that is simulated depends on. */
const shop = (): Tree => ({ ...(parse(FILES.get("topologies/shop.yaml") ?? "") as Tree), dashboards: [] });
const branch = (tree: Tree, key: string): Tree => tree[key] as Tree;

function versionOf(service: string): string {
  return String(branch(branch(shop(), "services"), service)["version"]);
}

function topologyText(patch: TopologyPatch | undefined): string {
  const topology = shop();
  for (const service of Object.values(branch(topology, "services")) as Tree[]) service["startup"] = STARTUP;
  if (patch !== undefined) merge(topology, patch);
  return stringify(topology);
}

function merge(tree: Tree, patch: TopologyPatch): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(tree, key);
    else if (isTree(value) && isTree(tree[key])) merge(tree[key], value);
    else tree[key] = value;
  }
}

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);
