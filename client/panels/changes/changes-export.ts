/** What the view of changes gives out: a row for each, the question behind it, and what an exhibit keeps of one. Pure. */
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { formatDateTime } from "../../charts/format.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import type { CurlRequest, ExportTable } from "../../state/export-text.js";
import { isoOf } from "../logs/logs-query.js";
import { CHANGE_KIND_WORDS, CHANGE_STATE_WORDS } from "./change-list.js";

/** Of a diff, in an exhibit. */
const DIFF_CHARACTERS = 4_000;

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

export function changeExhibit(change: ChangeRecord): ExhibitParts {
  const { versionFrom, versionTo, diff } = change;
  const facts = [
    { name: "change", value: `${CHANGE_KIND_WORDS[change.kind]} of ${change.target}` },
    { name: "when", value: `${formatDateTime(change.atUs)} UTC` },
    { name: "who", value: change.author },
    { name: "state", value: CHANGE_STATE_WORDS[change.state] },
    ...(versionTo === undefined ? [] : [{ name: "version", value: `${versionFrom ?? "–"} → ${versionTo}` }]),
    ...(diff === "" ? [] : [{ name: "diff", value: diff.slice(0, DIFF_CHARACTERS) }]),
  ];
  return { title: `Change: ${change.title}`, frozen: { kind: "facts", facts } };
}
