/**
 * Answers about profiles: what a service, a version or a process spent in a time, by stack, as folded stacks (Brendan
 * Gregg's format for flame graphs); two times merged by asking for both, or compared by their difference per second.
 */
import type { ProfileTable } from "../sim/profile-table.js";
import type { FoldedStack, ProfileKind, ProfileRequest, StackDifference } from "../wire/profile.js";

export interface ProfileSource {
  readonly table: () => ProfileTable;
  /** Windows that end after `afterUs` and not later than `untilUs` count: beside them another source does. */
  readonly afterUs: number;
  readonly untilUs: number;
  readonly instances: readonly { readonly name: string; readonly component: string }[];
  /** Frames of a place in the code of the process, outermost first. */
  stack(instance: number, place: number): readonly string[];
  versionAt(instance: number, atUs: number): string;
  /** Bytes that one run of a step of the process allocates. */
  bytesOfRun(instance: number, place: number): number;
}

/** Which process, in which version, something was spent by. */
export interface ProfileLabels {
  readonly service: string;
  readonly instance: string;
  readonly version: string;
}

/** What is looked at: everything of one kind in windows that end after `fromUs` and not later than `toUs`. */
export interface ProfileSelection {
  readonly kind: ProfileKind;
  readonly fromUs: number;
  readonly toUs: number;
  readonly accepts: (labels: ProfileLabels) => boolean;
  /** Called for each row; throws when nobody waits for the answer any more. */
  readonly watch?: () => void;
}

/** Value spent in windows that end within a step, by the group of the process. */
export interface ProfilePoint {
  readonly stepEndUs: number;
  readonly group: string;
  readonly value: number;
}

export class ProfileStore {
  #sources: readonly ProfileSource[];

  constructor(
    recent: ProfileSource,
    /** What is older is past its retention. */
    private readonly retainedFromUs: () => number = () => -Infinity,
  ) {
    this.#sources = [recent];
  }

  #retained(selection: ProfileSelection): ProfileSelection {
    return { ...selection, fromUs: Math.max(selection.fromUs, this.retainedFromUs()) };
  }

  attachHistory(history: ProfileSource): void {
    this.#sources = [history, ...this.#sources];
  }

  /** Stacks with what was spent in them, most first. */
  profile({ service, version, instance, ...selected }: ProfileRequest): readonly FoldedStack[] {
    return this.stacks({
      ...selected,
      accepts: (labels) =>
        labels.service === service &&
        (instance === undefined || labels.instance === instance) &&
        (version === undefined || labels.version === version),
    });
  }

  /** Stacks of everything that is selected, merged, most first. */
  stacks(selection: ProfileSelection): readonly FoldedStack[] {
    const sums = new Map<string, number>();
    for (const source of this.#sources) {
      visit(source, this.#retained(selection), (row, value) => {
        const { instance, place } = source.table().columns;
        const stack = source.stack(instance[row], place[row]).join(";");
        sums.set(stack, (sums.get(stack) ?? 0) + value);
      });
    }
    return [...sums]
      .map(([stack, value]) => ({ stack, value }))
      .sort((a, b) => b.value - a.value || (a.stack < b.stack ? -1 : 1));
  }

  /** Every value of the selection, with its stack and the end of its window. A place has the same list each time. */
  each(selection: ProfileSelection, take: (stack: readonly string[], value: number, untilUs: number) => void): void {
    for (const source of this.#sources) {
      visit(source, this.#retained(selection), (row, value) => {
        const { instance, place, untilUs } = source.table().columns;
        take(source.stack(instance[row], place[row]), value, untilUs[row]);
      });
    }
  }

  /** Value over time, in steps of `stepUs` from the beginning of the selection on, and by group. */
  series(
    selection: ProfileSelection,
    stepUs: number,
    groupOf: (labels: ProfileLabels) => string,
  ): readonly ProfilePoint[] {
    const points = new Map<string, { stepEndUs: number; group: string; value: number }>();
    for (const source of this.#sources) {
      visit(source, this.#retained(selection), (row, value, labels) => {
        const steps = Math.ceil((source.table().columns.untilUs[row] - selection.fromUs) / stepUs);
        const stepEndUs = selection.fromUs + steps * stepUs;
        const group = groupOf(labels);
        const key = `${String(stepEndUs)} ${group}`;
        const point = points.get(key);
        if (point === undefined) points.set(key, { stepEndUs, group, value });
        else point.value += value;
      });
    }
    return [...points.values()].sort((a, b) => a.stepEndUs - b.stepEndUs || (a.group < b.group ? -1 : 1));
  }

  /** Processes and versions that something is known of in a time. */
  labelSets(fromUs: number, toUs: number): readonly ProfileLabels[] {
    const found = new Map<string, ProfileLabels>();
    for (const source of this.#sources) {
      visit(source, this.#retained({ kind: "wall", fromUs, toUs, accepts: () => true }), (_row, _value, labels) => {
        found.set(`${labels.instance} ${labels.version}`, labels);
      });
    }
    return [...found.values()];
  }

  /** What changed from one time to another, per second of each, the largest change first. */
  difference(before: ProfileRequest, after: ProfileRequest): readonly StackDifference[] {
    const first = perSecond(this.profile(before), before);
    const second = perSecond(this.profile(after), after);
    const stacks = new Set([...first.keys(), ...second.keys()]);
    const change = ({ before: b, after: a }: StackDifference): number => Math.abs(a - b);
    return [...stacks]
      .map((stack) => ({ stack, before: first.get(stack) ?? 0, after: second.get(stack) ?? 0 }))
      .sort((a, b) => change(b) - change(a) || (a.stack < b.stack ? -1 : 1));
  }
}

function perSecond(stacks: readonly FoldedStack[], { fromUs, toUs }: ProfileRequest): Map<string, number> {
  const seconds = (toUs - fromUs) / 1e6;
  return new Map(stacks.map(({ stack, value }) => [stack, value / seconds]));
}

/** Calls `take` for each row of the selection with a value. */
function visit(
  source: ProfileSource,
  { kind, fromUs, toUs, accepts, watch }: ProfileSelection,
  take: (row: number, value: number, labels: ProfileLabels) => void,
): void {
  const { columns, rows } = source.table();
  const afterUs = Math.max(fromUs, source.afterUs);
  const lastUs = Math.min(toUs, source.untilUs);
  const known = new Map<string, ProfileLabels | undefined>();
  const labelsOf = (row: number): ProfileLabels | undefined => {
    const instance = columns.instance[row];
    const version = source.versionAt(instance, columns.untilUs[row]);
    const key = `${String(instance)} ${version}`;
    if (!known.has(key)) {
      const { component, name } = source.instances[instance];
      const labels = { service: component, instance: name, version };
      known.set(key, accepts(labels) ? labels : undefined);
    }
    return known.get(key);
  };
  for (let row = firstAfter(columns.untilUs, rows, afterUs); row < rows && columns.untilUs[row] <= lastUs; row++) {
    watch?.();
    const labels = labelsOf(row);
    const value = labels === undefined ? 0 : valueOf(source, kind, row);
    if (labels !== undefined && value > 0) take(row, value, labels);
  }
}

function valueOf(source: ProfileSource, kind: ProfileKind, row: number): number {
  const { columns } = source.table();
  if (kind === "cpu") return columns.cpuUs[row];
  if (kind === "wall") return columns.wallUs[row];
  if (kind === "lock") return columns.lockUs[row];
  return columns.times[row] * source.bytesOfRun(columns.instance[row], columns.place[row]);
}

/** First row whose window ends after `timeUs`; rows ascend by it. */
function firstAfter(untilUs: Float64Array, rows: number, timeUs: number): number {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (untilUs[middle] <= timeUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
