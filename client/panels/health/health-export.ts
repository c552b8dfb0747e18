/** What the health view gives out: a row for each process, and what its columns were asked with. Pure. */
import { plainRequest, promInstant } from "../../state/export-text.js";
import type { CurlRequest, ExportTable } from "../../state/export-text.js";
import { complaintsOf, HEALTH_EXPRESSIONS } from "./health-model.js";
import type { ProcessHealth, Usage } from "./health-model.js";

const shareOf = (usage: Usage | undefined): number | null =>
  usage === undefined || usage.limit <= 0 ? null : usage.used / usage.limit;

export const processesTable = (processes: readonly ProcessHealth[]): ExportTable => ({
  columns: [
    ...["service", "process", "state", "version", "node", "zone", "restarts", "ready"],
    ...["cpu_share", "memory_share", "files_share", "disk_share", "not_well"],
  ],
  rows: processes.map((process) => [
    process.service,
    process.name,
    process.state,
    process.version,
    process.node ?? null,
    process.zone ?? null,
    process.restarts ?? null,
    process.ready ?? null,
    ...[process.cpu, process.memory, process.descriptors, process.disk].map(shareOf),
    complaintsOf(process)
      .map(({ text }) => text)
      .join(", "),
  ]),
});

/** The targets of the metrics server, then each expression of the table. */
export const healthRequests = (atUs: number): readonly CurlRequest[] => [
  plainRequest("prometheus", "api/v1/targets"),
  ...Object.values(HEALTH_EXPRESSIONS).map((query) => promInstant(query, atUs)),
];
