/**
 * Files of objectives in the shape that Sloth reads, `version: prometheus/v1`, unchanged: events by their error and total
 * queries, or a ratio; plugins are code and are refused. Source: sloth.dev, specs/default.
 */
import { z } from "zod";
import { duration } from "../base/time.js";
import type { SloAlerting, SloSpec } from "../topology/types.js";
import { line, prose } from "./scalars.js";

/** Sloth's own default. */
const WINDOW_US = 30 * 86_400_000_000;

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const query = prose.refine((text) => WINDOW.test(text), "must use {{.window}} for the range of its rates");
const alert = z.strictObject({
  disable: z.boolean().optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
});

const slo = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9][\w.-]*$/, "must be letters, digits, dots, hyphens and underscores"),
  description: z.string().optional(),
  objective: z.number().gt(0, "must be over 0").lt(100, "must be below 100, in percent"),
  labels: texts.optional(),
  sli: z.union(
    [
      z.strictObject({ events: z.strictObject({ error_query: query, total_query: query }) }),
      z.strictObject({ raw: z.strictObject({ error_ratio_query: query }) }),
    ],
    { error: "must have events with error_query and total_query, or raw with error_ratio_query; plugins are not run" },
  ),
  alerting: z
    .strictObject({
      name: z.string().optional(),
      labels: texts.optional(),
      annotations: texts.optional(),
      page_alert: alert.optional(),
      ticket_alert: alert.optional(),
    })
    .default({}),
});

const WINDOW = /\{\{-?\s*\.window\s*-?\}\}/;

export const sloFileSchema = z
  .strictObject({
    version: z.literal("prometheus/v1"),
    service: line,
    labels: texts.optional(),
    slos: z.array(slo).min(1, "must have at least one objective").max(50),
  })
  .meta({ title: "Objectives in Sloth's format" });

export type WrittenSloFile = z.output<typeof sloFileSchema>;

const windowed = (text: string): string => text.replaceAll(new RegExp(WINDOW, "g"), "$window");

/** Objectives of a file; their ids are `<service>-<name>`. */
export function buildSlos({ service, labels, slos }: WrittenSloFile): readonly SloSpec[] {
  return slos.map(({ name, description, objective, labels: own, sli, alerting }) => {
    const queries =
      "events" in sli
        ? { errorQuery: windowed(sli.events.error_query), totalQuery: windowed(sli.events.total_query) }
        : { errorQuery: windowed(sli.raw.error_ratio_query), totalQuery: "vector(1)" };
    return {
      id: `${service}-${name}`,
      name,
      service,
      title: description?.split("\n")[0]?.trim() ?? `${service} ${name}`,
      description: description ?? "",
      objective: Number((objective / 100).toPrecision(12)),
      window: duration(WINDOW_US),
      ...queries,
      budgetUsedBefore: 0,
      labels: { ...labels, ...own },
      alerting: buildAlerting(alerting),
    };
  });
}

function buildAlerting(written: WrittenSloFile["slos"][number]["alerting"]): SloAlerting {
  const { name, labels, annotations, page_alert: page, ticket_alert: ticket } = written;
  const given = { name, labels, annotations, page, ticket };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
