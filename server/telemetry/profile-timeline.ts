/** How much a service spent over time, by process or version: what stands above a flame graph. */
import { MICROS_PER_SECOND } from "../base/time.js";
import type { ProfiledProcess, ProfileTimeline, ProfileTimelineRequest } from "../wire/profile.js";
import type { ProfileStore } from "./profile-store.js";

const STEPS_MAX = 240;
/** Width of a window of the store. */
const WINDOW_US = 10 * MICROS_PER_SECOND;

export function profileTimeline(store: ProfileStore, request: ProfileTimelineRequest): ProfileTimeline {
  const { kind, service, version, instance, toUs, groupBy } = request;
  const stepUs = Math.max(1, Math.ceil((toUs - request.fromUs) / STEPS_MAX / WINDOW_US)) * WINDOW_US;
  // On whole steps of the calendar, so that a window that moves keeps its points.
  const fromUs = Math.floor(request.fromUs / stepUs) * stepUs;
  const groups = new Map<string, { toUs: number; perSecond: number }[]>();
  const points = store.series(
    {
      kind,
      fromUs,
      toUs,
      accepts: (labels) =>
        labels.service === service &&
        (version === undefined || labels.version === version) &&
        (instance === undefined || labels.instance === instance),
    },
    stepUs,
    (labels) => labels[groupBy],
  );
  for (const { stepEndUs, group, value } of points) {
    let list = groups.get(group);
    if (list === undefined) groups.set(group, (list = []));
    // A step that is still under way has only begun to count.
    const coveredUs = Math.floor((Math.min(stepEndUs, toUs) - (stepEndUs - stepUs)) / WINDOW_US) * WINDOW_US;
    if (coveredUs > 0) list.push({ toUs: stepEndUs, perSecond: value / (coveredUs / MICROS_PER_SECOND) });
  }
  return {
    stepUs,
    groups: [...groups]
      .map(([name, list]) => ({ name, points: list }))
      .filter((group) => group.points.length > 0)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Processes and versions that are known in a time, by service, then by name. */
export function profiledProcesses(store: ProfileStore, fromUs: number, toUs: number): readonly ProfiledProcess[] {
  const key = ({ service, instance, version }: ProfiledProcess): string => `${service} ${instance} ${version}`;
  return [...store.labelSets(fromUs, toUs)].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
