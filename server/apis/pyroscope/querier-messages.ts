/**
 * Messages of Pyroscope's querier service. Source: grafana/pyroscope, api/querier/v1/querier.proto, api/types/v1/types.proto.
 */
import type { MessageDescription } from "../protobuf/message.js";

export const TIMES: MessageDescription = { start: { number: 1, type: "int64" }, end: { number: 2, type: "int64" } };
export const CHOICE: MessageDescription = {
  profileTypeID: { number: 1, type: "string" },
  labelSelector: { number: 2, type: "string" },
  start: { number: 3, type: "int64" },
  end: { number: 4, type: "int64" },
};
const LOCATION: MessageDescription = { name: { number: 1, type: "string" } };
/** Stacks that begin with these names. */
export const STACK_SELECTOR: MessageDescription = { callSite: { number: 1, type: LOCATION, repeated: true } };
export const SELECTION: MessageDescription = { ...CHOICE, maxNodes: { number: 5, type: "int64" } };
export const SPAN_SELECTION: MessageDescription = {
  profileTypeID: { number: 1, type: "string" },
  labelSelector: { number: 2, type: "string" },
  spanSelector: { number: 3, type: "string", repeated: true },
  start: { number: 4, type: "int64" },
  end: { number: 5, type: "int64" },
  maxNodes: { number: 6, type: "int64" },
};
export const LABEL_PAIR: MessageDescription = {
  name: { number: 1, type: "string" },
  value: { number: 2, type: "string" },
};
const LEVEL: MessageDescription = { values: { number: 1, type: "int64", repeated: true } };
const FLAME_GRAPH: MessageDescription = {
  names: { number: 1, type: "string", repeated: true },
  levels: { number: 2, type: LEVEL, repeated: true },
  total: { number: 3, type: "int64" },
  maxSelf: { number: 4, type: "int64" },
  leftTicks: { number: 5, type: "int64" },
  rightTicks: { number: 6, type: "int64" },
};
export const NAMES: MessageDescription = { names: { number: 1, type: "string", repeated: true } };
export const FLAME_ANSWER: MessageDescription = { flamegraph: { number: 1, type: FLAME_GRAPH } };

export const STATISTICS: MessageDescription = {
  dataIngested: { number: 1, type: "bool" },
  oldestProfileTime: { number: 2, type: "int64" },
  newestProfileTime: { number: 3, type: "int64" },
};
export const ANALYSIS: MessageDescription = {
  queryScopes: {
    number: 1,
    repeated: true,
    type: {
      componentType: { number: 1, type: "string" },
      componentCount: { number: 2, type: "int64" },
      seriesCount: { number: 4, type: "int64" },
    },
  },
  queryImpact: {
    number: 2,
    type: { totalBytesInTimeRange: { number: 2, type: "int64" }, totalQueriedSeries: { number: 3, type: "int64" } },
  },
};
