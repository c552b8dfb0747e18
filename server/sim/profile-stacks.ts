/**
 * The stack that each place in the code of a service stands for, outermost first: the handler, the step, the function of
 * a library. Names are made from the topology, in the manner of the service's language.
 */
import type { Model, ServiceModel } from "../topology/model-types.js";
import {
  FIELD_OP,
  FIELD_REPEAT,
  FIELD_SITE,
  INSTRUCTION_SHIFT,
  OP_CACHE_GET,
  OP_CACHE_SET,
  OP_CALL,
  OP_CPU,
  OP_EXTERNAL,
  OP_OWN_ERROR,
  OP_PUBLISH,
  OP_QUERY,
  REPEAT_BASKET,
} from "../topology/program.js";
import { functionNamesOf } from "./code-names.js";
import { PLACE_EXPOSITION, type ProfilePlaces } from "./profiler.js";

/** What the steps that compute are called, in their order; there are seldom more. */
const COMPUTATIONS: readonly string[] = ["decode", "process", "assemble", "encode"];

const LIBRARIES: Readonly<Record<number, string>> = {
  [OP_CALL]: "http.client.send",
  [OP_EXTERNAL]: "http.client.send",
  [OP_QUERY]: "sql.execute",
  [OP_CACHE_GET]: "redis.get",
  [OP_CACHE_SET]: "redis.set",
  [OP_PUBLISH]: "messaging.publish",
};

/** Frames of a place of a service, outermost first. */
export function stackOf(model: Model, places: ProfilePlaces, service: number, place: number): readonly string[] {
  const instruction = places.instructions[service][place];
  const owner = model.services[service];
  const write = functionNamesOf(owner.spec.language);
  if (instruction < 0) {
    return place === PLACE_EXPOSITION
      ? [write("runtime", "serve"), write("metrics", "expose")]
      : [write("runtime", "serve"), write("runtime", "await worker")];
  }
  const { spec } = model.operations[places.operationOf[instruction]];
  const handler = write(owner.spec.id, spec.name);
  return [write("runtime", "serve"), handler, ...stepOf(model, places, owner, instruction, write)];
}

function stepOf(
  model: Model,
  places: ProfilePlaces,
  owner: ServiceModel,
  instruction: number,
  write: (module: string, name: string) => string,
): readonly string[] {
  const { code } = model.program;
  const at = instruction << INSTRUCTION_SHIFT;
  const op = code[at + FIELD_OP];
  const module = owner.spec.id;
  if (op === OP_CPU) return [write(module, computation(model, places, instruction))];
  if (op === OP_OWN_ERROR) return [write(module, "check")];
  if (!(op in LIBRARIES)) return [];
  const site = model.sites[code[at + FIELD_SITE]];
  const each = code[at + FIELD_REPEAT] === REPEAT_BASKET ? [write(module, "for each item")] : [];
  return [...each, write(`${site.peer ?? ""} client`, site.name), LIBRARIES[op]];
}

function computation(model: Model, places: ProfilePlaces, instruction: number): string {
  let before = 0;
  for (let at = instruction - 1; at >= 0 && places.operationOf[at] === places.operationOf[instruction]; at--)
    if (model.program.code[(at << INSTRUCTION_SHIFT) + FIELD_OP] === OP_CPU) before++;
  return COMPUTATIONS[before] ?? `step ${String(before + 1)}`;
}
