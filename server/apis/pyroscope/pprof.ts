/**
 * Folded stacks as a pprof profile: what `go tool pprof` reads (gzipped by who sends it) and Pyroscope's querier answers.
 * Source: github.com/google/pprof, proto/profile.proto.
 */
import type { FoldedStack } from "../../wire/profile.js";
import type { MessageDescription, MessageValue } from "../protobuf/message.js";
import type { ProfileType } from "./profile-types.js";

const VALUE_TYPE: MessageDescription = { type: { number: 1, type: "int64" }, unit: { number: 2, type: "int64" } };

/** google.v1.Profile, as far as it is written. */
export const PPROF: MessageDescription = {
  sampleType: { number: 1, type: VALUE_TYPE, repeated: true },
  sample: {
    number: 2,
    repeated: true,
    type: {
      locationId: { number: 1, type: "int64", repeated: true },
      value: { number: 2, type: "int64", repeated: true },
    },
  },
  mapping: {
    number: 3,
    repeated: true,
    type: {
      id: { number: 1, type: "int64" },
      filename: { number: 5, type: "int64" },
      hasFunctions: { number: 7, type: "bool" },
    },
  },
  location: {
    number: 4,
    repeated: true,
    type: {
      id: { number: 1, type: "int64" },
      mappingId: { number: 2, type: "int64" },
      line: { number: 4, repeated: true, type: { functionId: { number: 1, type: "int64" } } },
    },
  },
  function: {
    number: 5,
    repeated: true,
    type: {
      id: { number: 1, type: "int64" },
      name: { number: 2, type: "int64" },
      systemName: { number: 3, type: "int64" },
    },
  },
  stringTable: { number: 6, type: "string", repeated: true },
  timeNanos: { number: 9, type: "int64" },
  durationNanos: { number: 10, type: "int64" },
  periodType: { number: 11, type: VALUE_TYPE },
  period: { number: 12, type: "int64" },
};

/** The profile of stacks in `window`; `fromUs` is in the client's clock. One function, one location for each name. */
export function pprofOf(
  stacks: readonly FoldedStack[],
  type: ProfileType,
  program: string,
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
): MessageValue {
  const texts = new Map<string, number>([["", 0]]);
  const textOf = (text: string): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const functions = new Map<string, number>();
  const functionOf = (name: string): number => {
    const known = functions.get(name);
    if (known !== undefined) return known;
    functions.set(name, functions.size + 1);
    return functions.size;
  };
  const sample = stacks.map(({ stack, value }) => ({
    // The innermost frame comes first.
    locationId: stack.split(";").reverse().map(functionOf),
    value: [Math.round(value * type.unitsOfValue)],
  }));
  const ids = [...functions.values()];
  const mapping = [{ id: 1, filename: textOf(program), hasFunctions: true }];
  return {
    sampleType: [{ type: textOf(type.sampleType), unit: textOf(type.sampleUnit) }],
    sample,
    mapping,
    location: ids.map((id) => ({ id, mappingId: 1, line: [{ functionId: id }] })),
    function: [...functions].map(([name, id]) => ({ id, name: textOf(name), systemName: textOf(name) })),
    periodType: { type: textOf(type.periodType), unit: textOf(type.periodUnit) },
    period: "1",
    timeNanos: String(BigInt(Math.round(fromUs)) * 1_000n),
    durationNanos: String(BigInt(Math.round(toUs - fromUs)) * 1_000n),
    stringTable: [...texts.keys()],
  };
}
