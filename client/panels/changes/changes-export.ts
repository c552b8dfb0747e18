/** What the view of changes gives out: a row for each, and the question behind it. Pure. */
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import type { CurlRequest, ExportTable } from "../../state/export-text.js";
import { isoOf } from "../logs/logs-query.js";

export const changesTable = (changes: readonly ChangeRecord[]): ExportTable => ({
  columns: [
    ...["time", "everywhere", "kind", "target", "title", "author", "state"],
    ...["version_from", "version_to", "id", "description"],
  ],
  rows: changes.map((change) => [
    isoOf(change.atUs),
    change.completedUs === undefined ? null : isoOf(change.completedUs),
    change.kind,
    change.target,
    change.title,
    change.author,
    change.state,
    change.versionFrom ?? null,
    change.versionTo ?? null,
    change.id,
    change.description,
  ]),
});

export const CHANGE_REQUESTS: readonly CurlRequest[] = [{ own: "changes" }];
