import type { WorldQueries } from "./handle.js";

/** Every method of WorldQueries by name; the compiler refuses a missing or a surplus one. */
const NAMES: { readonly [Name in keyof WorldQueries]: true } = {
  logs: true,
  logHistogram: true,
  logFields: true,
  logPatterns: true,
  logFieldSeries: true,
  logContext: true,
  readLogql: true,
  traces: true,
  trace: true,
  traceVocabulary: true,
  exploreTraces: true,
  traceSet: true,
  checkTraceql: true,
  profile: true,
  profileDifference: true,
  profileTree: true,
  profileTimeline: true,
  profiledProcesses: true,
  compare: true,
  pageViews: true,
  map: true,
  changes: true,
  alerts: true,
  alertmanager: true,
  slos: true,
  sloLedgers: true,
  impact: true,
  catalogue: true,
  page: true,
  plan: true,
  prometheus: true,
  api: true,
};

export const WORLD_QUERY_NAMES = Object.keys(NAMES) as readonly (keyof WorldQueries)[];
