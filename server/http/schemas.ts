/** Bodies and parameters of the HTTP routes, checked strictly. The types of server/wire are the contract. */
import { z } from "zod";
import { instantSchema, nameSchema } from "../sessions/schemas.js";

/** Lines or traces of one answer. */
const PAGE_MAX = 1_000;
const BUCKETS_MAX = 500;
/** Counts over time of each of many patterns or values. */
const ROW_BUCKETS_MAX = 200;
const CONTEXT_MAX = 200;
const QUERY_MAX = 20_000;
const SLICE_MS_MAX = 1_000;
/** Frames of a flame graph, and the parts that its time is cut into. */
const PROFILE_NODES_MAX = 20_000;
const PROFILE_SLICES_MAX = 240;

const fieldFiltersSchema = z
  .array(z.strictObject({ name: nameSchema, operator: z.enum(["=", "!="]), value: z.string().max(2_000) }))
  .max(50);

const window = { fromUs: instantSchema, toUs: instantSchema };

const logConditions = {
  levels: z
    .array(z.enum(["debug", "info", "warn", "error"]))
    .max(4)
    .optional(),
  services: z.array(nameSchema).max(200).optional(),
  text: z.string().max(2_000).optional(),
  traceId: z.string().max(64).optional(),
  fields: fieldFiltersSchema.optional(),
  query: z.string().max(QUERY_MAX).optional(),
  sliceMs: z.int().min(1).max(SLICE_MS_MAX).optional(),
};
const logFilters = { ...window, ...logConditions };

export const createRunSchema = z.strictObject({ scenarioId: nameSchema });
export const logsSchema = z.strictObject(logFilters);
export const logPageSchema = z.strictObject({
  ...logFilters,
  offset: z.int().min(0),
  limit: z.int().min(1).max(PAGE_MAX),
  order: z.enum(["newest", "oldest"]).optional(),
  fold: z.enum(["exact", "numbers", "signature"]).optional(),
});
export const logHistogramSchema = z.strictObject({ ...logFilters, buckets: z.int().min(1).max(BUCKETS_MAX) });

const compareSetSchema = z.strictObject({
  window: z.strictObject(window),
  query: z.string().max(10_000),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  fromQuantile: z.number().min(0).max(1).optional(),
  logs: z.strictObject(logConditions).optional(),
});

export const compareSchema = z.strictObject({
  signal: z.enum(["traces", "spans", "logs", "metrics"]),
  selection: compareSetSchema,
  baseline: compareSetSchema,
  sample: z.int().min(1).max(4_000),
});

export const logPatternsSchema = z.strictObject({
  ...logFilters,
  baseline: z.strictObject(window),
  buckets: z.int().min(1).max(ROW_BUCKETS_MAX),
});
export const logFieldSeriesSchema = z.strictObject({
  ...logFilters,
  field: nameSchema,
  buckets: z.int().min(1).max(ROW_BUCKETS_MAX),
});
export const logContextSchema = z.strictObject({
  id: z.string().regex(/^[01]-\d{1,10}$/),
  before: z.int().min(0).max(CONTEXT_MAX),
  after: z.int().min(0).max(CONTEXT_MAX),
});
export const logqlSchema = z.strictObject({ text: z.string().max(QUERY_MAX) });

export const traceSearchSchema = z.strictObject({
  ...window,
  service: nameSchema.optional(),
  operation: nameSchema.optional(),
  minDurationUs: instantSchema.optional(),
  maxDurationUs: instantSchema.optional(),
  status: z.enum(["ok", "error"]).optional(),
  attributes: fieldFiltersSchema.optional(),
  limit: z.int().min(1).max(PAGE_MAX),
  order: z.enum(["newest", "slowest"]),
});

const profileScope = { ...window, version: nameSchema.optional(), instance: nameSchema.optional() };
const profileSubject = { kind: z.enum(["cpu", "wall", "lock", "alloc"]), service: nameSchema };

export const profileTreeSchema = z.strictObject({
  ...profileScope,
  ...profileSubject,
  baseline: z.strictObject(profileScope).optional(),
  nodesMax: z.int().min(1).max(PROFILE_NODES_MAX),
  slices: z.int().min(0).max(PROFILE_SLICES_MAX),
});
export const profileTimelineSchema = z.strictObject({
  ...profileScope,
  ...profileSubject,
  groupBy: z.enum(["instance", "version"]),
});
const traceSet = {
  ...window,
  query: z.string().max(20_000),
  minDurationUs: instantSchema.optional(),
  maxDurationUs: instantSchema.optional(),
};

export const traceSetSchema = z.strictObject(traceSet);
export const traceExploreSchema = z.strictObject({
  ...traceSet,
  order: z.enum(["newest", "oldest", "slowest", "fastest", "spans", "errors", "spread"]),
  limit: z.int().min(1).max(PAGE_MAX),
  columns: z.int().min(1).max(BUCKETS_MAX),
  rows: z.int().min(1).max(100),
});
export const traceqlSchema = z.strictObject({ query: z.string().max(20_000) });

const RUM_DIMENSIONS = ["page", "region", "device", "version", "locale"] as const;
const rumValue = nameSchema.optional();

export const pageViewsSchema = z.strictObject({
  ...window,
  by: z.enum(RUM_DIMENSIONS),
  filters: z.strictObject({
    page: rumValue,
    region: rumValue,
    device: rumValue,
    version: rumValue,
    locale: rumValue,
  }),
});

/** `?after=` of the events of a run. */
export const eventsQuerySchema = z.strictObject({ after: z.coerce.number().int().min(0).default(0) });
