/** What the profiles view gives out: functions with their totals, and the flame graph as Pyroscope renders it. Pure. */
import type { ProfileKind, ProfileTreeRequest } from "../../../server/wire/profile.js";
import { functionRows } from "../../charts/flame-tree.js";
import type { FlameTree } from "../../charts/flame-tree.js";
import { pyroscopeRender } from "../../state/export-text.js";
import type { ExportTable, WireRequest } from "../../state/export-text.js";

/** Pyroscope's names. */
const TYPES: Readonly<Record<ProfileKind, string>> = {
  cpu: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
  wall: "wall:wall:nanoseconds:wall:nanoseconds",
  lock: "mutex:delay:nanoseconds:contentions:count",
  alloc: "memory:alloc_space:bytes:space:bytes",
};

export function functionsTable(tree: FlameTree, kind: ProfileKind): ExportTable {
  const unit = kind === "alloc" ? "bytes" : "us";
  const figures = ["total", "self", ...(tree.compared ? ["total_before", "self_before"] : [])];
  return {
    columns: ["function", ...figures.map((name) => `${name}_${unit}`)],
    rows: functionRows(tree).map(({ name, total, self, baselineTotal, baselineSelf }) => [
      name,
      total,
      self,
      ...(tree.compared ? [baselineTotal, baselineSelf] : []),
    ]),
  };
}

/** The profile, and what it is compared with where it is. */
export function profileRequests({ kind, service, baseline, ...scope }: ProfileTreeRequest): readonly WireRequest[] {
  const scopes = baseline === undefined ? [scope] : [scope, baseline];
  return scopes.map(({ version, instance, fromUs, toUs }) =>
    pyroscopeRender(TYPES[kind], { service_name: service, version, instance }, { fromUs, toUs }),
  );
}
