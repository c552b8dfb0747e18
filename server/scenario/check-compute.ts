/** What a topology file says about machines and what containers use of them: names are there, sizes fit together. */
import { INSTANCES_FACTOR_MAX } from "../topology/model.js";
import { nodesOfGroups } from "../topology/nodes.js";
import { buildNodes } from "./compute-schema.js";
import type { Report } from "./report.js";
import type { ValuePath } from "./source-document.js";
import { suggest } from "./suggest.js";
import type { WrittenTopology } from "./topology-schema.js";

type WrittenService = WrittenTopology["services"][string];

const NODES_MAX = 500;
/** Where each instance could run: as many series as there are such pairs. */
const PLACES_MAX = 50_000;

export function checkCompute(topology: WrittenTopology, report: Report): void {
  const groups = Object.keys(topology.nodes ?? {});
  const { nodes = [] } = buildNodes(topology);
  const count = nodesOfGroups(nodes).length;
  if (count > NODES_MAX)
    report(["nodes"], { message: `${String(count)} nodes, allowed ${String(NODES_MAX)}`, part: "key" });
  const instances = Object.values(topology.services).reduce((sum, service) => sum + service.instances, 0);
  const places = count * instances * INSTANCES_FACTOR_MAX;
  if (places > PLACES_MAX)
    report(["nodes"], {
      message: `${String(count)} nodes for ${String(instances)} instances`,
      hint: `instances times ${String(INSTANCES_FACTOR_MAX)} times nodes may be ${String(PLACES_MAX)}`,
      part: "key",
    });
  for (const [id, service] of Object.entries(topology.services)) {
    const path = ["services", id];
    service.nodes?.forEach((name, index) => {
      if (!groups.includes(name))
        report([...path, "nodes", index], {
          message: `unknown group of nodes "${name}"`,
          hint: groups.length === 0 ? "the topology declares no nodes" : suggest(name, groups),
        });
    });
    checkBulkheads(service, path, report);
    checkContainer(service, path, report);
    if (service.volume !== undefined) checkVolume(service.volume, [...path, "volume"], report);
  }
  for (const [id, { volume }] of Object.entries(topology.stores))
    if (volume !== undefined) checkVolume(volume, ["stores", id, "volume"], report);
}

function checkBulkheads(
  { bulkheads = [], operations, workers }: WrittenService,
  path: ValuePath,
  report: Report,
): void {
  const known = Object.keys(operations);
  const taken = new Set<string>();
  bulkheads.forEach((bulkhead, index) => {
    bulkhead.operations.forEach((name, place) => {
      const here = [...path, "bulkheads", index, "operations", place];
      if (!known.includes(name)) report(here, { message: `unknown operation "${name}"`, hint: suggest(name, known) });
      else if (taken.has(name)) report(here, { message: `${name} has workers of its own already` });
      taken.add(name);
    });
  });
  const apart = bulkheads.reduce((sum, bulkhead) => sum + bulkhead.workers, 0);
  const isWhole = known.every((name) => taken.has(name));
  if (apart > workers || (apart === workers && !isWhole))
    report([...path, "bulkheads"], {
      message: `${String(apart)} of ${String(workers)} workers are set apart`,
      hint: "the operations without workers of their own need at least one",
    });
}

function checkContainer({ quota, memory, descriptors }: WrittenService, path: ValuePath, report: Report): void {
  if (quota !== undefined && quota.parallel < quota.cores)
    report([...path, "quota", "parallel"], {
      message: `on ${String(quota.parallel)} cores a quota of ${String(quota.cores)} can never be used up`,
      hint: `at least ${String(quota.cores)}`,
    });
  if (memory.heap !== undefined && memory.heap <= memory.base)
    report([...path, "memory", "heap"], { message: "the heap cannot hold what an idle process has (base)" });
  if (descriptors !== undefined && descriptors.base >= descriptors.limit)
    report([...path, "descriptors", "base"], { message: "an idle process has no descriptor left" });
}

function checkVolume(
  { size, used }: { readonly size: number; readonly used: number },
  path: ValuePath,
  report: Report,
): void {
  if (used >= size) report([...path, "used"], { message: "the volume is full from the beginning" });
}
