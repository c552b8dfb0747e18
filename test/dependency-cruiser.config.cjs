/** Import directions, as server/README.md draws them: what a folder may import besides itself. */
const ALLOWED = {
  base: [],
  wire: ["base"],
  topology: ["base"],
  sim: ["topology", "base"],
  faults: ["sim", "topology", "base"],
  telemetry: ["sim", "topology", "base", "wire"],
  query: ["telemetry", "base", "wire"],
  alerting: ["query", "telemetry", "sim", "topology", "base", "wire"],
  scenario: ["faults", "sim", "topology", "query", "alerting", "base", "wire"],
  apis: ["alerting", "query", "telemetry", "sim", "topology", "base", "wire"],
  world: ["scenario", "apis", "alerting", "query", "telemetry", "faults", "sim", "topology", "base", "wire"],
  grading: ["world", "scenario", "telemetry", "query", "faults", "sim", "topology", "base", "wire"],
  sessions: [
    "grading",
    "world",
    "scenario",
    "apis",
    "alerting",
    "query",
    "telemetry",
    "faults",
    "sim",
    "topology",
    "base",
    "wire",
  ],
  export: ["sessions", "world", "scenario", "apis", "base", "wire"],
  http: ["export", "sessions", "world", "apis", "scenario", "faults", "base", "wire"],
  realtime: ["sessions", "http", "world", "base", "wire"],
  cli: [
    "export",
    "sessions",
    "grading",
    "world",
    "scenario",
    "apis",
    "alerting",
    "query",
    "telemetry",
    "faults",
    "sim",
    "topology",
    "base",
    "wire",
  ],
};

const PORTABLE = [
  "base",
  "wire",
  "topology",
  "sim",
  "faults",
  "telemetry",
  "query",
  "alerting",
  "apis",
  "scenario",
  "world",
  "grading",
];

/**
 * Exceptions, for what they are: the compiled model carries tables whose row types the engine's facts define, so the
 * topology reads these four contracts of sim (types, and the table of span statuses) and no mechanism.
 */
const EXCEPTIONS = { topology: ["server/sim/(timeline|metric-sink|log-table|span-status)\\.ts$"] };

const directions = Object.entries(ALLOWED).map(([folder, others]) => ({
  name: `${folder}-imports`,
  comment: `server/${folder} may import ${others.length === 0 ? "nothing else of ours" : others.join(", ")}`,
  severity: "error",
  from: { path: `^server/${folder}/` },
  to: {
    path: "^(server|client|test)/",
    pathNot: [`^server/(${[folder, ...others].join("|")})/`, ...(EXCEPTIONS[folder] ?? [])],
  },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: "portable-core",
      comment: "from base to grading there is no Node",
      severity: "error",
      from: { path: `^server/(${PORTABLE.join("|")})/` },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "client-sees-wire-only",
      severity: "error",
      from: { path: "^client/" },
      to: { path: "^(server|test)/", pathNot: "^server/(wire|base)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^(server|client)/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "source-without-tests", severity: "error", from: { path: "^(server|client)/" }, to: { path: "^test/" } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|data)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
