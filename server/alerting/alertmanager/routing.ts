/** Which routes an alert takes, and the group that it belongs to there. Source: alertmanager/dispatch/route.go. */
import { quote } from "../../query/promql/literals.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import type { AlertRoute } from "../../topology/alertmanager-spec.js";
import { labelTest, printMatchers, type LabelTest } from "./label-matchers.js";

export class RouteNode {
  /** Path of matchers from the root: `{}/{severity="page"}`. */
  readonly key: string;
  readonly children: readonly RouteNode[];
  private readonly matches: LabelTest;

  constructor(
    readonly spec: AlertRoute,
    parentKey?: string,
  ) {
    const own = printMatchers(spec.matchers);
    this.key = parentKey === undefined ? own : `${parentKey}/${own}`;
    this.matches = labelTest(spec.matchers);
    this.children = spec.routes.map((route) => new RouteNode(route, this.key));
  }

  /** The deepest routes that take the alert, in file order; none where this one does not. */
  match(labels: Labels): readonly RouteNode[] {
    if (!this.matches(labels)) return [];
    const found: RouteNode[] = [];
    for (const child of this.children) {
      const below = child.match(labels);
      found.push(...below);
      if (below.length > 0 && !child.spec.continue) break;
    }
    return found.length === 0 ? [this] : found;
  }

  /** Labels that all alerts of a group have in common by definition. */
  groupLabels(labels: Labels): Labels {
    const { groupBy } = this.spec;
    if (groupBy === "all") return labels;
    return Object.fromEntries(groupBy.flatMap((name) => (Object.hasOwn(labels, name) ? [[name, labels[name]]] : [])));
  }
}

/** `{alertname="Down", service="cart"}`. */
export function printLabels(labels: Labels): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${quote(labels[name])}`);
  return `{${pairs.join(", ")}}`;
}

/** Order of groups: fewer labels first, then by names and values. Source: prometheus/common/model/labelset.go, Before. */
export function compareLabels(left: Labels, right: Labels): number {
  const leftNames = Object.keys(left);
  const rightNames = Object.keys(right);
  if (leftNames.length !== rightNames.length) return leftNames.length - rightNames.length;
  for (const name of [...new Set([...leftNames, ...rightNames])].sort()) {
    if (!Object.hasOwn(left, name)) return -1;
    if (!Object.hasOwn(right, name)) return 1;
    if (left[name] !== right[name]) return left[name] < right[name] ? -1 : 1;
  }
  return 0;
}
