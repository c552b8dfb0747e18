/**
 * Answers about profiles: what a service, a version or a process spent in a time, by stack, as folded stacks (Brendan
 * Gregg's format for flame graphs); two times merged by asking for both, or compared by their difference per second.
 */
import type { ProfileTable } from "../sim/profile-table.js";
import type { FoldedStack, ProfileKind, ProfileRequest, StackDifference } from "../wire/profile.js";

export interface ProfileSource {
  readonly table: () => ProfileTable;
  readonly instances: readonly { readonly name: string; readonly component: string }[];
  /** Frames of a place in the code of the process, outermost first. */
  stack(instance: number, place: number): readonly string[];
  versionAt(instance: number, atUs: number): string;
  /** Bytes that one run of a step of the process allocates. */
  bytesOfRun(instance: number, place: number): number;
}

export class ProfileStore {
  #sources: readonly ProfileSource[];

  constructor(recent: ProfileSource) {
    this.#sources = [recent];
  }

  attachHistory(history: ProfileSource): void {
    this.#sources = [history, ...this.#sources];
  }

  /** Stacks with what was spent in them, most first. */
  profile(request: ProfileRequest): readonly FoldedStack[] {
    const sums = new Map<string, number>();
    for (const source of this.#sources) addUp(source, request, sums);
    return [...sums]
      .map(([stack, value]) => ({ stack, value }))
      .sort((a, b) => b.value - a.value || (a.stack < b.stack ? -1 : 1));
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

function addUp(source: ProfileSource, request: ProfileRequest, sums: Map<string, number>): void {
  const { columns, rows } = source.table();
  for (let row = firstAfter(columns.untilUs, rows, request.fromUs); row < rows; row++) {
    const untilUs = columns.untilUs[row];
    if (untilUs > request.toUs) return;
    const instance = columns.instance[row];
    const { component, name } = source.instances[instance];
    if (component !== request.service || (request.instance !== undefined && request.instance !== name)) continue;
    if (request.version !== undefined && source.versionAt(instance, untilUs) !== request.version) continue;
    const value = valueOf(source, request.kind, row);
    if (value === 0) continue;
    const stack = source.stack(instance, columns.place[row]).join(";");
    sums.set(stack, (sums.get(stack) ?? 0) + value);
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
