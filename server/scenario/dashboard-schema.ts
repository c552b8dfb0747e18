/**
 * A dashboard file in Grafana's JSON model, as far as it is drawn here; what a file has besides is kept and ignored, so
 * that one exported from a Grafana loads as it is. Source: grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model.
 */
import { z } from "zod";

const text = z.string().max(20_000);
const name = z.string().min(1).max(200);

const target = z.looseObject({
  refId: z.string().max(20).optional(),
  expr: text.optional(),
  legendFormat: text.optional(),
  hide: z.boolean().optional(),
});

const gridPos = z.looseObject({
  x: z.number().min(0).max(23),
  y: z.number().min(0).max(100_000),
  w: z.number().min(1).max(24),
  h: z.number().min(1).max(200),
});

const leaf = {
  id: z.number().optional(),
  type: name,
  title: text.optional(),
  description: text.optional(),
  gridPos: gridPos.optional(),
  targets: z.array(target).max(26).optional(),
};

const panel = z.looseObject({ ...leaf, panels: z.array(z.looseObject(leaf)).max(100).optional() });

const variable = z.looseObject({
  name: z.string().regex(/^\w{1,100}$/, "must be letters, figures and underscores"),
  type: name,
  query: z.unknown().optional(),
});

export const dashboardSchema = z.looseObject({
  uid: z.string().min(1).max(100),
  title: name,
  description: text.optional(),
  tags: z.array(z.string().max(100)).max(50).optional(),
  templating: z.looseObject({ list: z.array(variable).max(50) }).optional(),
  panels: z.array(panel).max(200),
});

export type WrittenDashboard = z.output<typeof dashboardSchema>;
