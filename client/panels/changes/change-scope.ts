/** How far a change reaches, in words: processes, operations, who calls it. Pure. */
import type { Catalogue } from "../../../server/wire/actions.js";
import type { ChangeRecord, ComponentKind } from "../../../server/wire/telemetry.js";

export const kindOfTarget = (catalogue: Catalogue | undefined, target: string): ComponentKind =>
  catalogue?.components.find(({ id }) => id === target)?.kind ?? "service";

/** A few clauses; empty while the catalogue is not there or does not know the target. */
export function scopeOf(catalogue: Catalogue | undefined, change: ChangeRecord): readonly string[] {
  const component = catalogue?.components.find(({ id }) => id === change.target);
  if (catalogue === undefined || component === undefined) return [];
  const service = catalogue.services.find(({ id }) => id === change.target);
  const callers = catalogue.services.filter(({ dependencies }) =>
    dependencies.some(({ target }) => target === change.target),
  );
  return [
    ...(service === undefined ? [] : [processesText(service.instances, change)]),
    ...(component.operations.length === 0 ? [] : [`operations ${component.operations.join(", ")}`]),
    ...(callers.length === 0 ? [] : [`called by ${callers.map(({ id }) => id).join(", ")}`]),
    ...(component.team === undefined ? [] : [`owned by ${component.team}`]),
  ];
}

function processesText(
  instances: Catalogue["services"][number]["instances"],
  { kind, versionTo }: ChangeRecord,
): string {
  const there = instances.filter(({ state }) => state !== "stopped");
  if (kind !== "deploy" || versionTo === undefined) return `all ${String(there.length)} processes`;
  const on = there.filter(({ version }) => version === versionTo);
  return `${String(on.length)} of ${String(there.length)} processes run ${versionTo} now`;
}
