/** Kinds of profiles under the names that Pyroscope's clients know: `<name>:<type>:<unit>:<period type>:<period unit>`. */
import type { ProfileKind } from "../../wire/profile.js";

export interface ProfileType {
  readonly kind: ProfileKind;
  readonly name: string;
  readonly sampleType: string;
  readonly sampleUnit: "nanoseconds" | "bytes";
  readonly periodType: string;
  readonly periodUnit: string;
  /** Its name below `/debug/pprof/`. */
  readonly pprof: string;
  /** What a value of the store is in units of the type. */
  readonly unitsOfValue: number;
}

const NANOS_PER_MICRO = 1_000;

export const PROFILE_TYPES: readonly ProfileType[] = [
  {
    kind: "cpu",
    name: "process_cpu",
    sampleType: "cpu",
    sampleUnit: "nanoseconds",
    periodType: "cpu",
    periodUnit: "nanoseconds",
    pprof: "profile",
    unitsOfValue: NANOS_PER_MICRO,
  },
  {
    kind: "wall",
    name: "wall",
    sampleType: "wall",
    sampleUnit: "nanoseconds",
    periodType: "wall",
    periodUnit: "nanoseconds",
    pprof: "wall",
    unitsOfValue: NANOS_PER_MICRO,
  },
  {
    kind: "lock",
    name: "mutex",
    sampleType: "delay",
    sampleUnit: "nanoseconds",
    periodType: "contentions",
    periodUnit: "count",
    pprof: "mutex",
    unitsOfValue: NANOS_PER_MICRO,
  },
  {
    kind: "alloc",
    name: "memory",
    sampleType: "alloc_space",
    sampleUnit: "bytes",
    periodType: "space",
    periodUnit: "bytes",
    pprof: "allocs",
    unitsOfValue: 1,
  },
];

export const profileTypeId = (type: ProfileType): string =>
  [type.name, type.sampleType, type.sampleUnit, type.periodType, type.periodUnit].join(":");

export function profileTypeOf(id: string): ProfileType | undefined {
  return PROFILE_TYPES.find((type) => profileTypeId(type) === id);
}
