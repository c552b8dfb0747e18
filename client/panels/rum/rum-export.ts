/** What the RUM view gives out: a row for each group of page views, with its vitals, and the question behind it. Pure. */
import type { RumAnswer, RumFigures, RumRequest, VitalInfo } from "../../../server/wire/rum.js";
import { VITALS } from "../../../server/wire/rum.js";
import type { CurlRequest, ExportTable } from "../../state/export-text.js";

/** Times in ms; the layout shift is a number of its own, kept in millionths. */
const vitalValue = ({ name }: VitalInfo, { vitals }: RumFigures): number | null => {
  const p75 = vitals[name]?.p75;
  if (p75 === undefined) return null;
  return name === "cls" ? p75 / 1_000_000 : p75 / 1_000;
};

export const groupsTable = ({ total, groups }: RumAnswer, by: string): ExportTable => ({
  columns: [
    ...[by, "views", "failed", "abandoned", "slow", "script_errors"],
    ...VITALS.map(({ name }) => `${name}_p75${name === "cls" ? "" : "_ms"}`),
  ],
  rows: [...groups, { name: "all", figures: total }].map(({ name, figures }) => [
    name,
    figures.views,
    figures.failed,
    figures.abandoned,
    figures.slow,
    figures.scriptErrors,
    ...VITALS.map((info) => vitalValue(info, figures)),
  ]),
});

export const rumRequests = (request: RumRequest): readonly CurlRequest[] => [{ own: "page-views", json: request }];
