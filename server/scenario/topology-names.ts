/** Which names a topology file declares, and whether those that it uses are among them. */
import { splitCall } from "./build-topology.js";
import { entryOf } from "./records.js";
import type { Report } from "./report.js";
import type { ValuePath } from "./source-document.js";
import { suggest } from "./suggest.js";
import type { WrittenTopology } from "./topology-schema.js";

/** The names of a topology, by what they name. */
export class TopologyNames {
  readonly services: readonly string[];
  readonly targets: readonly string[];
  readonly flags: readonly string[];

  constructor(
    private readonly topology: WrittenTopology,
    private readonly setAside: ReadonlySet<string>,
  ) {
    this.services = Object.keys(topology.services);
    this.targets = [
      ...this.services,
      ...Object.keys(topology.stores),
      ...Object.keys(topology.caches),
      ...Object.keys(topology.queues),
      ...Object.keys(topology.externals),
    ];
    this.flags = Object.keys(topology.flags);
  }

  /** Whether an entry of this name is there, though its mistakes kept it out. */
  isSetAside(name: string): boolean {
    return this.setAside.has(name);
  }

  /** Nothing was kept out: sums over all entries mean something. */
  get whole(): boolean {
    return this.setAside.size === 0;
  }

  /** Whether `name` is one of `known`; reports it at `path` when it is not. */
  check(kind: string, name: string, known: readonly string[], path: ValuePath, report: Report): boolean {
    if (known.includes(name)) return true;
    if (!this.isSetAside(name)) report(path, { message: `unknown ${kind} "${name}"`, hint: suggest(name, known) });
    return false;
  }

  checkOperation(text: string, path: ValuePath, report: Report): boolean {
    const [service, operation] = splitCall(text);
    if (!this.check("service", service, this.services, path, report)) return false;
    const known = Object.keys(entryOf(this.topology.services, service)?.operations ?? {});
    return this.check(`operation of ${service}`, operation, known, path, report);
  }
}
